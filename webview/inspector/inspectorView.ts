import * as l10n from '@vscode/l10n';
import { html, LitElement, type TemplateResult } from 'lit';
import type { ListedTensor, TensorStatistics } from '../../src/engine/rpc/contents';
import type { InspectorHostEnd, InspectorViewEnd, Opened } from '../../src/host/protocol/inspector';
import { messageOf, type Channel } from '../../src/host/protocol/channel';
import { counted } from '../../src/language/counted';
import { baseStyles } from '../shared/baseStyles';
import { fileName } from '../shared/fileName';
import { errorNotice } from '../shared/notice';
import { panelStyles } from '../shared/panelStyles';
import { progressStyles } from '../shared/progressBar';
import { searchStyles } from '../shared/searchBox';
import { openChannel, savedState, saveState } from '../shared/vscodeApi';
import { head } from './head';
import { asActions, asFileState, asProgress } from './messages';
import { Listing, type ListedRows } from './listing';
import { notices, type FileFate } from './notices';
import { groupDetail, overview } from './overview';
import { searchTools } from './searchTools';
import type { StatisticsState } from './statisticsView';
import { inspectorStyles } from './styles';
import { tensorDetail } from './tensorDetail';
import { tensorsIn, type TreeNode } from './tree';
import type { SortEvent, TreeGrid, TreeMoveEvent } from './treeGrid';
import './treeGrid';
import type { ReadValues } from './valuesTable';
import { restoredView, type ViewState } from './viewState';

/** Values of which statistics come without asking: 4 MiB of float32, a few milliseconds. */
const AT_ONCE_VALUES = 1 << 20;

/** A whole tensor of hundreds of gigabytes takes its time, and can be cancelled. */
const READING_TIMEOUT_MS = 24 * 3600 * 1000;

/** The checkpoint inspector: <mora-inspector>. */
export class Inspector extends LitElement {
  static override styles = [baseStyles, panelStyles, progressStyles, searchStyles, inspectorStyles];

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
  private fate: FileFate | undefined;
  private listing: Listing | undefined;
  private listed: ListedRows = { rows: [], found: undefined };
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
    return html`${head(name, opened, (event) => this.channel.event(event, null))}
      ${notices(opened.contents, problem, this.fate, () => void this.open(true))}
      <main>${this.list(opened)} ${this.detail(opened)}</main>`;
  }

  override updated(): void {
    const { opened, listed, view, statistics } = this;
    if (opened === undefined) return;
    Object.assign(this.dataset, {
      tensors: String(opened.contents.totals.tensors),
      rows: String(listed.rows.length),
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
    this.fate = opened.isGone ? 'gone' : undefined;
    this.listing = new Listing(opened.contents);
    const { open, selected, sort } = this.view;
    this.view = {
      ...this.view,
      open: open ?? this.listing.openedAtFirst(sort),
      selected: this.listing.node(selected) === undefined ? 'root' : selected,
    };
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
    if (this.listing !== undefined) this.listed = this.listing.rows(this.view);
  }

  private select(id: string): void {
    const { selected, query, open } = this.view;
    if (id === selected || this.listing === undefined) return;
    if (this.statistics.kind === 'reading') this.channel.event('cancelStatistics', null);
    // A row found by a search stays in sight when the search ends.
    this.change({ selected: id, ...(query !== '' && { open: this.listing.openedTo(id, open) }) });
    this.startSelected();
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
    this.fate = state === 'back' ? 'changed' : state;
    this.requestUpdate();
  }

  private node(): TreeNode | undefined {
    return this.listing?.node(this.view.selected);
  }

  private tensor(): ListedTensor | undefined {
    return this.node()?.tensor;
  }

  // ---- parts -------------------------------------------------------------------------------------------------------

  private list({ contents }: Opened): TemplateResult {
    const { query, sort, selected } = this.view;
    const { rows, found } = this.listed;
    return html`<section class="list" aria-label=${l10n.t('Tensors')}>
      ${searchTools(query, {
        search: (words) => this.search(words),
        enterList: () => this.grid()?.takeFocus(),
        openAll: () => this.change({ open: this.listing?.groups() ?? null }),
        closeAll: () => this.change({ open: ['root'] }),
      })}
      <p class="hidden-visually" role="status">
        ${found === undefined ? '' : counted(found, l10n.t('{0} tensor found'), l10n.t('{0} tensors found'))}
      </p>
      <mora-tensor-tree
        .rows=${rows}
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
        const row = this.listed.rows[move.index];
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

  private detail({ contents }: Opened): TemplateResult {
    const node = this.node();
    return html`<aside tabindex="-1" aria-label=${l10n.t('Details')}>
      ${
        node === undefined || node.id === 'root'
          ? overview(contents)
          : node.tensor === undefined
            ? groupDetail(node, tensorsIn(node), contents)
            : this.tensorDetail(node.tensor, contents)
      }
    </aside>`;
  }

  private tensorDetail(tensor: ListedTensor, { files }: Opened['contents']): TemplateResult {
    const { statistics, view, marked } = this;
    const shard = files.length > 1 ? (files[tensor.file]?.name ?? '') : undefined;
    return tensorDetail(
      tensor,
      { shard, statistics, view, marked },
      {
        compute: (whole) => void this.compute(tensor, whole),
        cancel: () => this.channel.event('cancelStatistics', null),
        change: (look) => this.change(look),
        goTo: (index) => this.goTo(index),
        read: this.readValues,
        setFormat: (format) => this.change({ format }),
      },
    );
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
