import * as l10n from '@vscode/l10n';
import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { baseStyles } from '../shared/baseStyles';
import { formatBytes, formatCompact, formatShare } from '../shared/format';
import { styled } from '../shared/styled';
import type { Row, Sort } from './rows';
import { treeMove, TypeAhead, type TreeMove } from './treeKeys';
import { countedBytes, countedTensors, moduleText, ROLES, shapeText } from './words';

export type TreeMoveEvent = CustomEvent<TreeMove>;
export type SortEvent = CustomEvent<Sort>;

const ROW_HEIGHT = 22;
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

  static override styles = [
    baseStyles,
    css`
      :host {
        display: flex;
        flex-direction: column;
        min-height: 0;
      }
      .head,
      .row {
        display: grid;
        grid-template-columns: minmax(0, 1fr) 48px 100px 68px 66px;
        column-gap: 8px;
        align-items: center;
        padding-right: 8px;
      }
      .head {
        height: 24px;
        font-size: var(--small);
        color: var(--muted);
        border-bottom: var(--hairline);
      }
      .head button {
        font: inherit;
        color: inherit;
        background: none;
        border: 0;
        padding: 0;
        cursor: pointer;
      }
      .head button:hover,
      .head [aria-sort='ascending'] button,
      .head [aria-sort='descending'] button {
        color: var(--vscode-foreground);
      }
      .right {
        text-align: right;
      }
      .scroll {
        flex: 1;
        min-height: 0;
        overflow: auto;
        position: relative;
      }
      .scroll:focus {
        outline: none;
      }
      .rows {
        position: relative;
      }
      .row {
        position: absolute;
        left: 0;
        right: 0;
        height: ${ROW_HEIGHT}px;
        cursor: pointer;
        white-space: nowrap;
        border-radius: 3px;
      }
      .row > span {
        overflow: hidden;
        text-overflow: ellipsis;
      }
      .row:hover {
        background: var(--vscode-list-hoverBackground);
      }
      .row[aria-selected='true'] {
        color: var(--vscode-list-inactiveSelectionForeground, inherit);
        background: var(--vscode-list-inactiveSelectionBackground);
      }
      .scroll:focus .row[aria-selected='true'] {
        color: var(--vscode-list-activeSelectionForeground);
        background: var(--vscode-list-activeSelectionBackground);
      }
      .scroll:focus-visible .row[aria-selected='true'] {
        outline: 1px solid var(--vscode-list-focusOutline, var(--vscode-focusBorder));
        outline-offset: -1px;
      }
      :host-context(.vscode-high-contrast) .row[aria-selected='true'],
      :host-context(.vscode-high-contrast-light) .row[aria-selected='true'] {
        outline: 1px solid var(--vscode-contrastActiveBorder);
        outline-offset: -1px;
      }
      .name {
        display: flex;
        align-items: center;
        gap: 2px;
        padding-left: calc(4px + var(--level) * 12px);
      }
      .name > span {
        overflow: hidden;
        text-overflow: ellipsis;
      }
      .twist {
        flex: 0 0 16px;
        display: inline-flex;
      }
      .group {
        font-weight: 600;
      }
      .count,
      .quiet {
        color: var(--muted);
        font-weight: 400;
      }
      .row[aria-selected='true'] .count,
      .row[aria-selected='true'] .quiet {
        color: inherit;
        opacity: 0.8;
      }
      .badge {
        flex: none;
        margin-left: 6px;
        padding: 0 6px;
        border-radius: 8px;
        font-size: var(--small);
        line-height: 16px;
        color: var(--vscode-badge-foreground);
        background: var(--vscode-badge-background);
        border: 1px solid var(--vscode-contrastBorder, transparent);
      }
      .badge.wrong {
        color: var(--vscode-inputValidation-warningForeground, var(--vscode-foreground));
        background: var(--vscode-inputValidation-warningBackground);
        border-color: var(--vscode-inputValidation-warningBorder);
      }
      .size {
        position: relative;
        text-align: right;
      }
      .size i {
        position: absolute;
        right: 0;
        bottom: 0;
        height: 2px;
        border-radius: 1px;
        background: var(--vscode-charts-blue);
        opacity: 0.75;
      }
      .empty {
        padding: 24px 8px;
        color: var(--muted);
      }
      @media (max-width: 620px) {
        .head,
        .row {
          grid-template-columns: minmax(0, 1fr) 48px 92px 68px;
          column-gap: 8px;
        }
        .parameters {
          display: none;
        }
      }
      /* The name counts more: the page of the tensor says what it is. */
      @media (max-width: 480px) {
        .badge:not(.wrong) {
          display: none;
        }
      }
    `,
  ];

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
          ${rows.slice(from, to).map((row, index) => this.row(row, from + index))}
        </div>
      </div>`;
  }

  private header(sort: Sort, title: string, hint: string, direction: string, place: string): TemplateResult {
    const isSorted = this.sort === sort;
    return html`<span class=${place}
      ><button
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

  private row(row: Row, index: number): TemplateResult {
    const { node, level, position, siblings, isOpen, share } = row;
    const isGroup = node.children.length > 0;
    const { tensor, totals } = node;
    const ofFile = this.totalBytes === 0 ? 0 : totals.bytes / this.totalBytes;
    return html`<div
      id="row-${index}"
      class="row"
      role="row"
      data-node=${node.id}
      aria-level=${level}
      aria-posinset=${position}
      aria-setsize=${siblings}
      aria-rowindex=${index + 1}
      aria-expanded=${isGroup ? String(isOpen) : nothing}
      aria-selected=${node.id === this.selected}
      ${styled({ top: `${index * ROW_HEIGHT}px` })}
      @click=${(event: MouseEvent) => this.press(event, row, index)}
    >
      <span
        class="name"
        role="gridcell"
        title=${tensor?.name ?? node.label}
        ${styled({ '--level': String(level - 1) })}
      >
        <span class="twist" aria-hidden="true"
          >${
            isGroup ? html`<vscode-icon name=${isOpen ? 'chevron-down' : 'chevron-right'}></vscode-icon>` : nothing
          }</span
        ><span class=${isGroup ? 'group' : ''}>${node.label}</span>${this.badge(row)}
      </span>
      <span role="gridcell" class="quiet">${tensor?.dtype ?? ''}</span>
      <span role="gridcell" class="right"
        >${
          tensor === undefined
            ? html`<span class="count">${countedTensors(totals.tensors)}</span>`
            : shapeText(tensor.shape)
        }</span
      >
      <span role="gridcell" class="right parameters">${formatCompact(totals.parameters)}</span>
      <span
        role="gridcell"
        class="size"
        title=${l10n.t('{0}, {1} of all', countedBytes(totals.bytes), formatShare(ofFile))}
        >${formatBytes(totals.bytes)}<i ${styled({ width: level === 1 ? '0' : `${100 * share}%` })}></i
      ></span>
    </div>`;
  }

  private badge({ node }: Row): TemplateResult | typeof nothing {
    const { module, tensor } = node;
    if (module !== undefined) {
      const { problem } = module;
      return html`<span class="badge ${problem === undefined ? '' : 'wrong'}" title=${problem ?? nothing}
        >${moduleText(module)}${problem === undefined ? '' : `, ${problem}`}</span
      >`;
    }
    if (tensor?.role === undefined) return nothing;
    return html`<span class="badge" title=${ROLES[tensor.role].sentence}>${ROLES[tensor.role].word}</span>`;
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
