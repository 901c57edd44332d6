import * as l10n from '@vscode/l10n';
import { html, LitElement, nothing, type TemplateResult } from 'lit';
import type { ListedTensor, TensorStatistics } from '../../src/engine/rpc/contents';
import type { InspectorHostEnd, InspectorViewEnd, Opened } from '../../src/host/protocol/inspector';
import { messageOf, type Channel } from '../../src/host/protocol/channel';
import { counted } from '../../src/language/counted';
import { baseStyles } from '../shared/baseStyles';
import { fileName } from '../shared/fileName';
import { formatBytes, formatCount } from '../shared/format';
import { errorNotice, warningNotice } from '../shared/notice';
import { panelStyles } from '../shared/panelStyles';
import { openChannel, savedState, saveState } from '../shared/vscodeApi';
import { head } from './head';
import { asActions, asFileState, asProgress } from './messages';
import { groupDetail, overview } from './overview';
import { filtered, openedAtFirst, sorted, visibleRows, type Row, type Sort } from './rows';
import { statisticsView, type StatisticsState } from './statisticsView';
import { inspectorStyles } from './styles';
import { tensorsIn, tensorTree, type TreeNode } from './tree';
import type { SortEvent, TreeGrid, TreeMoveEvent } from './treeGrid';
import './treeGrid';
import type { FormatEvent, ReadValues } from './valuesTable';
import './valuesTable';
import { restoredView, type ViewState } from './viewState';
import { breakable, countedBytes, countedParameters, ROLES, shapeText } from './words';

/** Values of which statistics come without asking: 4 MiB of float32, a few milliseconds. */
const AT_ONCE_VALUES = 1 << 20;

/** As many as the extension reads when not told to read all; see SAMPLE_VALUES there. */
const SAMPLE_VALUES = 1 << 24;

/** A whole tensor of hundreds of gigabytes takes its time, and can be cancelled. */
const READING_TIMEOUT_MS = 24 * 3600 * 1000;

/** Rows that fit on a screen of modest height. */
const FIRST_ROWS = 28;

/** The checkpoint inspector: <mora-inspector>. */
export class Inspector extends LitElement {
  static override styles = [baseStyles, panelStyles, inspectorStyles];

  private readonly channel: Channel<InspectorViewEnd, InspectorHostEnd> = openChannel({
    requests: {},
    events: {
      progress: {
        parse: asProgress,
        hear: (progress) => {
          if (this.statistics.kind !== 'reading' || progress.tensor !== this.tensor()?.name) return;
          this.statistics = { kind: 'reading', progress };
          this.requestUpdate();
        },
      },
      file: { parse: asFileState, hear: (state) => this.fileChanged(state) },
      actions: {
        parse: asActions,
        hear: (actions) => {
          if (this.opened !== undefined) this.opened = { ...this.opened, actions };
          this.requestUpdate();
        },
      },
    },
  });

  private view: ViewState = restoredView(savedState());
  private opened: Opened | undefined;
  private problem: string | undefined;
  /** What happened to the file since it was listed. */
  private fileState: 'changed' | 'gone' | undefined;
  private tree: TreeNode | undefined;
  private inOrder: { readonly of: TreeNode; readonly sort: Sort; readonly tree: TreeNode } | undefined;
  private nodes = new Map<string, TreeNode>();
  private readonly parents = new Map<string, string>();
  private rows: readonly Row[] = [];
  private found: number | undefined;
  private statistics: StatisticsState = { kind: 'none' };
  private marked: { readonly index: number } | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.open(false);
  }

  override render(): TemplateResult {
    const { opened, problem } = this;
    if (opened === undefined) {
      return problem === undefined
        ? html`<div class="waiting muted" role="status">${l10n.t('Reading the header…')}</div>`
        : html`<div class="broken">
            <h1>${l10n.t('This file cannot be shown')}</h1>
            ${errorNotice(problem)}
            <vscode-button secondary @click=${() => void this.open(true)}>${l10n.t('Try again')}</vscode-button>
          </div>`;
    }
    const name = fileName(opened.contents.path);
    return html`${head(name, opened, (event) => this.channel.event(event, null))} ${this.notices(opened)}
      <main>${this.list(opened)} ${this.detail(opened)}</main>`;
  }

  override updated(): void {
    const { opened, rows, view, statistics } = this;
    if (opened === undefined) return;
    Object.assign(this.dataset, {
      tensors: String(opened.contents.totals.tensors),
      rows: String(rows.length),
      selected: view.selected,
      statistics: statistics.kind,
      milliseconds: String(opened.milliseconds),
    });
  }

  // ---- data --------------------------------------------------------------------------------------------------------

  private async open(anew: boolean): Promise<void> {
    try {
      this.take(await this.channel.request('open', { anew }));
    } catch (error) {
      this.problem = messageOf(error);
    }
    this.requestUpdate();
  }

  private take(opened: Opened): void {
    this.opened = opened;
    this.problem = undefined;
    this.fileState = opened.isGone ? 'gone' : undefined;
    this.tree = tensorTree(opened.contents, fileName(opened.contents.path));
    this.nodes = new Map();
    this.parents.clear();
    const index = (node: TreeNode): void => {
      this.nodes.set(node.id, node);
      for (const child of node.children) {
        this.parents.set(child.id, node.id);
        index(child);
      }
    };
    index(this.tree);
    const open = this.view.open ?? openedAtFirst(sorted(this.tree, this.view.sort), FIRST_ROWS);
    this.view = { ...this.view, open, selected: this.nodes.has(this.view.selected) ? this.view.selected : 'root' };
    this.arrange();
    this.startSelected();
  }

  private change(change: Partial<ViewState>): void {
    this.view = { ...this.view, ...change };
    saveState({ view: this.view });
    if ('open' in change || 'query' in change || 'sort' in change) this.arrange();
    this.requestUpdate();
  }

  /** Works the rows out anew. */
  private arrange(): void {
    if (this.tree === undefined) return;
    const { query, sort, open } = this.view;
    const found = filtered(this.tree, query);
    const isFiltered = found !== this.tree;
    this.found = isFiltered ? (found?.totals.tensors ?? 0) : undefined;
    this.rows = found === undefined ? [] : visibleRows(this.ordered(found, sort), new Set(open), isFiltered);
  }

  /** The whole tree is put in order once, not at every group that is opened. */
  private ordered(tree: TreeNode, sort: Sort): TreeNode {
    if (tree !== this.tree) return sorted(tree, sort);
    if (this.inOrder?.sort !== sort || this.inOrder.of !== tree) {
      this.inOrder = { of: tree, sort, tree: sorted(tree, sort) };
    }
    return this.inOrder.tree;
  }

  private select(id: string): void {
    if (id === this.view.selected) return;
    if (this.statistics.kind === 'reading') this.channel.event('cancelStatistics', null);
    // A row found by a search stays in sight when the search ends.
    this.change({ selected: id, ...(this.view.query !== '' && { open: this.openedTo(id) }) });
    this.startSelected();
  }

  /** The open groups, and those around a node. */
  private openedTo(id: string): string[] {
    const open = new Set(this.view.open);
    for (let at = this.parents.get(id); at !== undefined; at = this.parents.get(at)) open.add(at);
    return [...open];
  }

  private search(query: string): void {
    this.change({ query });
    if (query === '') void this.updateComplete.then(() => this.grid()?.reveal());
  }

  /** What comes with a selected tensor by itself. */
  private startSelected(): void {
    this.statistics = { kind: 'none' };
    this.marked = null;
    const tensor = this.tensor();
    if (tensor !== undefined && tensor.parameters <= AT_ONCE_VALUES) void this.compute(tensor, false);
  }

  private async compute(tensor: ListedTensor, whole: boolean): Promise<void> {
    this.statistics = { kind: 'reading', progress: undefined };
    this.requestUpdate();
    let state: StatisticsState;
    try {
      const params = { file: tensor.file, tensor: tensor.name, whole };
      const statistics: TensorStatistics | null = await this.channel.request('statistics', params, READING_TIMEOUT_MS);
      state = statistics === null ? { kind: 'none' } : { kind: 'known', statistics };
    } catch (error) {
      state = { kind: 'failed', problem: messageOf(error) };
    }
    // Another tensor may have been selected meanwhile.
    if (this.tensor() !== tensor) return;
    this.statistics = state;
    this.requestUpdate();
  }

  private readonly readValues: ReadValues = async (window) => {
    const tensor = this.tensor();
    if (tensor === undefined) return [];
    try {
      return await this.channel.request('values', { file: tensor.file, tensor: tensor.name, ...window });
    } catch (error) {
      throw new Error(messageOf(error), { cause: error });
    }
  };

  private fileChanged(state: InspectorViewEnd['events']['file']): void {
    this.fileState = state === 'back' ? 'changed' : state;
    this.requestUpdate();
  }

  private node(): TreeNode | undefined {
    return this.nodes.get(this.view.selected);
  }

  private tensor(): ListedTensor | undefined {
    return this.node()?.tensor;
  }

  // ---- parts -------------------------------------------------------------------------------------------------------

  private notices({ contents }: Opened): TemplateResult | typeof nothing {
    const { warnings, unlisted, totals } = contents;
    const notices = [
      ...(this.problem === undefined ? [] : [errorNotice(this.problem)]),
      ...(this.fileState === undefined ? [] : [this.fileNotice(this.fileState)]),
      ...(unlisted === 0
        ? []
        : [
            warningNotice(
              l10n.t(
                'There are {0} tensors; the first {1} are listed.',
                formatCount(totals.tensors),
                formatCount(totals.tensors - unlisted),
              ),
            ),
          ]),
      ...warnings.map(warningNotice),
    ];
    return notices.length === 0 ? nothing : html`<div class="notices">${notices}</div>`;
  }

  private fileNotice(state: 'changed' | 'gone'): TemplateResult {
    return html`<div class="notice warning" role="status" data-file=${state}>
      <vscode-icon name="warning"></vscode-icon>
      <p>
        ${
          state === 'gone'
            ? l10n.t(
                'The file is gone. Its listing and what was read of it are still shown; restore it and reload to read more.',
              )
            : l10n.t('The file has changed on the disk. What is shown is of the file as it was.')
        }
      </p>
      <button class="link" data-action="reload" @click=${() => void this.open(true)}>${l10n.t('Reload')}</button>
    </div>`;
  }

  private list({ contents }: Opened): TemplateResult {
    const { query, sort, selected } = this.view;
    return html`<section class="list" aria-label=${l10n.t('Tensors')}>
      <div class="tools">
        <div class="search">
          <vscode-icon name="search"></vscode-icon>
          <input
            type="search"
            placeholder=${l10n.t('Filter by name, type or shape')}
            aria-label=${l10n.t('Filter tensors by name, type or shape')}
            .value=${query}
            @input=${(event: Event) => {
              if (event.target instanceof HTMLInputElement) this.search(event.target.value);
            }}
            @keydown=${(event: KeyboardEvent) => {
              if (event.key === 'ArrowDown') this.grid()?.takeFocus();
              else if (event.key === 'Escape') this.search('');
            }}
          />
        </div>
        <button class="toggle" title=${l10n.t('Open every group')} @click=${() => this.openAll()}>
          <vscode-icon name="expand-all" size="14"></vscode-icon
          ><span class="hidden-visually">${l10n.t('Open every group')}</span>
        </button>
        <button class="toggle" title=${l10n.t('Close every group')} @click=${() => this.change({ open: ['root'] })}>
          <vscode-icon name="collapse-all" size="14"></vscode-icon
          ><span class="hidden-visually">${l10n.t('Close every group')}</span>
        </button>
      </div>
      <p class="hidden-visually" role="status">
        ${this.found === undefined ? '' : counted(this.found, l10n.t('{0} tensor found'), l10n.t('{0} tensors found'))}
      </p>
      <mora-tensor-tree
        .rows=${this.rows}
        .selected=${selected}
        .sort=${sort}
        .totalBytes=${contents.totals.bytes}
        @tree-move=${(event: TreeMoveEvent) => this.move(event.detail)}
        @tree-sort=${(event: SortEvent) => this.change({ sort: event.detail })}
      ></mora-tensor-tree>
    </section>`;
  }

  private move(move: TreeMoveEvent['detail']): void {
    const open = new Set(this.view.open);
    switch (move.kind) {
      case 'select': {
        const row = this.rows[move.index];
        if (row !== undefined) this.select(row.node.id);
        return;
      }
      case 'open':
        for (const id of move.ids) open.add(id);
        break;
      case 'close':
        for (const id of move.ids) open.delete(id);
        break;
    }
    this.change({ open: [...open] });
  }

  private openAll(): void {
    this.change({ open: [...this.nodes.values()].filter(({ children }) => children.length > 0).map(({ id }) => id) });
  }

  private detail({ contents }: Opened): TemplateResult {
    const node = this.node();
    const tensor = node?.tensor;
    return html`<aside tabindex="-1" aria-label=${l10n.t('Details')}>
      ${
        node === undefined || node.id === 'root'
          ? overview(contents)
          : tensor === undefined
            ? groupDetail(node, tensorsIn(node), contents)
            : this.tensorDetail(tensor, contents.files[tensor.file]?.name ?? '', contents.files.length > 1)
      }
    </aside>`;
  }

  private tensorDetail(tensor: ListedTensor, file: string, hasShards: boolean): TemplateResult {
    const { name, dtype, shape, parameters, bytes, role } = tensor;
    const { showsMagnitudes, isLogarithmic, showsTable, format } = this.view;
    return html`<h2>${breakable(name)}</h2>
      <p class="muted facts">
        <b>${dtype}</b><b>${shapeText(shape)}</b><span>${countedParameters(parameters)}</span
        ><span title=${countedBytes(bytes)}>${formatBytes(bytes)}</span
        >${hasShards ? html`<span>${l10n.t('in {0}', file)}</span>` : nothing}
      </p>
      ${role === undefined ? nothing : html`<p>${ROLES[role].sentence}</p>`}
      ${
        parameters === 0
          ? html`<p class="muted">${l10n.t('It has no values.')}</p>`
          : html`${statisticsView(
                tensor,
                SAMPLE_VALUES,
                this.statistics,
                { showsMagnitudes, isLogarithmic, showsTable },
                {
                  compute: (whole) => void this.compute(tensor, whole),
                  cancel: () => this.channel.event('cancelStatistics', null),
                  change: (look) => this.change(look),
                  goTo: (index) => this.goTo(index),
                },
              )}
              <section aria-label=${l10n.t('Values')}>
                <h3>${l10n.t('Values')}</h3>
                <mora-values
                  .tensor=${tensor}
                  .read=${this.readValues}
                  .format=${format}
                  .marked=${this.marked}
                  @number-format=${(event: FormatEvent) => this.change({ format: event.detail })}
                ></mora-values>
              </section>`
      }`;
  }

  private goTo(index: number): void {
    this.marked = { index };
    this.requestUpdate();
    void this.updateComplete.then(() =>
      this.renderRoot.querySelector('mora-values')?.scrollIntoView({ block: 'nearest' }),
    );
  }

  private grid(): TreeGrid | null {
    return this.renderRoot.querySelector<TreeGrid>('mora-tensor-tree');
  }
}

customElements.define('mora-inspector', Inspector);
