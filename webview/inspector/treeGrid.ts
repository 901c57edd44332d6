import * as l10n from '@vscode/l10n';
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { baseStyles } from '../shared/baseStyles';
import { sortStyles } from '../shared/sortStyles';
import { styled } from '../shared/styled';
import type { Row, Sort } from './rows';
import { ROW_HEIGHT, treeGridStyles } from './treeGridStyles';
import { treeMove, TypeAhead, type TreeMove } from './treeKeys';
import { treeRow } from './treeRow';

export type TreeMoveEvent = CustomEvent<TreeMove>;
export type SortEvent = CustomEvent<Sort>;

/** Rows drawn above and below what is seen, so that a fast wheel finds no gap. */
const OVERSCAN = 10;

/**
 * The tensors: <mora-tensor-tree>, a treegrid of which only the rows on screen are drawn, however many there are. The
 * focus stays on the grid, which names its active row: a row that scrolls out of sight cannot take the focus with it.
 */
export class TreeGrid extends LitElement {
  static override properties = {
    rows: { attribute: false },
    selected: { attribute: false },
    sort: { attribute: false },
    totalBytes: { attribute: false },
    first: { state: true },
    height: { state: true },
    gutter: { state: true },
  };

  static override styles = [baseStyles, sortStyles, treeGridStyles];

  rows: readonly Row[] = [];
  selected = 'root';
  sort: Sort = 'name';
  totalBytes = 0;

  /** First row on screen and the height of the list. */
  private first = 0;
  private height = 600;
  private readonly typeAhead = new TypeAhead();
  /** Width of the scroll bar, which the head has not. */
  private gutter = 0;
  private readonly resized = new ResizeObserver(() => this.measure());
  private scrollFollows = false;

  override firstUpdated(): void {
    const scroller = this.scroller();
    if (scroller === null) return;
    this.resized.observe(scroller);
    // The rows' width tells when a scroll bar comes or goes.
    const rows = this.renderRoot.querySelector('.rows');
    if (rows !== null) this.resized.observe(rows);
    // The row that was selected before the page was made anew.
    this.reveal();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.resized.disconnect();
  }

  private measure(): void {
    const scroller = this.scroller();
    if (scroller === null) return;
    this.height = scroller.clientHeight;
    this.gutter = scroller.offsetWidth - scroller.clientWidth;
  }

  override updated(changed: PropertyValues<this>): void {
    if (changed.has('selected') && this.scrollFollows) this.reveal();
    this.scrollFollows = false;
  }

  /** Brings the selected row on screen. */
  reveal(): void {
    const scroller = this.scroller();
    const index = this.selectedIndex();
    if (scroller === null || index < 0) return;
    const top = index * ROW_HEIGHT;
    if (top < scroller.scrollTop) scroller.scrollTop = top;
    else if (top + ROW_HEIGHT > scroller.scrollTop + scroller.clientHeight)
      scroller.scrollTop = top + ROW_HEIGHT - scroller.clientHeight;
  }

  takeFocus(): void {
    this.scroller()?.focus();
  }

  override render(): TemplateResult {
    const { rows, first } = this;
    const from = Math.max(0, first - OVERSCAN);
    const to = Math.min(rows.length, first + Math.ceil(this.height / ROW_HEIGHT) + OVERSCAN);
    const active = this.selectedIndex();
    const isDrawn = active >= from && active < to;
    return html`<div
        class="head"
        role="group"
        aria-label=${l10n.t('Order of the tensors')}
        ${styled({ 'padding-right': `${8 + this.gutter}px` })}
      >
        ${this.header('name', l10n.t('Name'), l10n.t('Order by name'), 'ascending', '')}
        ${this.plainHeader(l10n.t('Type'))} ${this.plainHeader(l10n.t('Shape'), 'right')}
        ${this.plainHeader(l10n.t('Parameters'), 'right parameters')}
        ${this.header('bytes', l10n.t('Size'), l10n.t('Order by size'), 'descending', 'right')}
      </div>
      <div
        class="scroll"
        role="treegrid"
        tabindex="0"
        aria-label=${l10n.t('Tensors')}
        aria-rowcount=${rows.length}
        aria-colcount="5"
        aria-activedescendant=${isDrawn ? `row-${active}` : nothing}
        @scroll=${() => this.scrolled()}
        @keydown=${(event: KeyboardEvent) => this.key(event)}
      >
        ${rows.length === 0 ? html`<p class="empty">${l10n.t('No tensor has all these words in its name, type or shape.')}</p>` : nothing}
        <div class="rows" role="rowgroup" ${styled({ height: `${rows.length * ROW_HEIGHT}px` })}>
          ${rows.slice(from, to).map((row, at) => {
            const index = from + at;
            const look = { index, isSelected: index === active, totalBytes: this.totalBytes };
            return treeRow(row, look, (event) => this.press(event, row, index));
          })}
        </div>
      </div>`;
  }

  private header(sort: Sort, title: string, hint: string, direction: string, place: string): TemplateResult {
    const isSorted = this.sort === sort;
    return html`<span class=${place}
      ><button
        class="sort"
        data-sort=${sort}
        aria-pressed=${isSorted}
        title=${isSorted ? l10n.t('In this order; press for the order of the file') : hint}
        @click=${() => this.tell('tree-sort', isSorted ? 'file' : sort)}
      >
        ${title}${isSorted ? html`<span aria-hidden="true"> ${direction === 'ascending' ? '↑' : '↓'}</span>` : nothing}
      </button></span
    >`;
  }

  private plainHeader(title: string, place = ''): TemplateResult {
    return html`<span class=${place}>${title}</span>`;
  }

  private press(event: MouseEvent, { node, isOpen }: Row, index: number): void {
    this.scroller()?.focus({ preventScroll: true });
    const isTwist = event.target instanceof Element && event.target.closest('.twist') !== null;
    const isGroup = node.children.length > 0;
    // As in the explorer: the row opens with a click on it, the arrow leaves the choice alone.
    if (isGroup) this.tell('tree-move', { kind: isOpen ? 'close' : 'open', ids: [node.id] });
    if (!isTwist) this.tell('tree-move', { kind: 'select', index });
  }

  private key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const index = Math.max(0, this.selectedIndex());
    const page = Math.max(1, Math.floor(this.height / ROW_HEIGHT) - 1);
    let move = treeMove(event.key, this.rows, index, page);
    if (move === undefined) {
      const found = this.typeAhead.find(event.key, this.rows, index, event.timeStamp);
      if (found !== undefined) move = { kind: 'select', index: found };
    }
    if (move === undefined) return;
    event.preventDefault();
    this.scrollFollows = true;
    this.tell('tree-move', move);
  }

  private scrolled(): void {
    this.first = Math.floor((this.scroller()?.scrollTop ?? 0) / ROW_HEIGHT);
  }

  private selectedIndex(): number {
    return this.rows.findIndex(({ node }) => node.id === this.selected);
  }

  private scroller(): HTMLElement | null {
    return this.renderRoot.querySelector<HTMLElement>('.scroll');
  }

  private tell(name: 'tree-move' | 'tree-sort', detail: TreeMove | Sort): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

customElements.define('mora-tensor-tree', TreeGrid);
