import * as l10n from '@vscode/l10n';
import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { formatBytes } from '../../src/language/bytes';
import type { ReadingProgress, TensorDifference } from '../../src/engine/rpc/contents';
import { messageOf, type Channel } from '../../src/host/protocol/channel';
import type { CompareHostEnd, Comparison, CompareViewEnd } from '../../src/host/protocol/compare';
import { counted } from '../../src/language/counted';
import { baseStyles } from '../shared/baseStyles';
import { formatShare } from '../shared/format';
import { panelStyles } from '../shared/panelStyles';
import { progressBar, progressStyles } from '../shared/progressBar';
import { openChannel, savedState, saveState } from '../shared/vscodeApi';
import { errorNotice, warningNotice } from '../shared/notice';
import { searchBox, searchStyles } from '../shared/searchBox';
import { sortStyles } from '../shared/sortStyles';
import { differenceTable, FIRST_ROWS, onlyIn, ordered, ORDERS, type Order } from './differences';
import { compareStyles } from './styles';
import { summary } from './summary';

/** Comparing hundreds of gigabytes takes its time, and can be cancelled. */
const COMPARE_TIMEOUT_MS = 24 * 3600 * 1000;

interface ViewState {
  readonly order: Order;
  readonly query: string;
}

/** Two checkpoints, tensor by tensor: <mora-compare>. */
export class CompareView extends LitElement {
  static override styles = [baseStyles, panelStyles, progressStyles, searchStyles, sortStyles, compareStyles];

  private readonly channel: Channel<CompareViewEnd, CompareHostEnd> = openChannel({
    requests: {},
    events: { progress: { parse: asProgress, hear: (progress) => this.progressed(progress) } },
  });

  private view: ViewState = restored(savedState());
  private pair: { readonly key: string; readonly names: Comparison['names'] } | undefined;
  private comparison: Comparison | undefined;
  private problem: string | undefined;
  private isCancelled = false;
  private progress: ReadingProgress | undefined;
  /** What was found so far, while the comparison goes on. */
  private found: readonly TensorDifference[] = [];
  private rowsShown = FIRST_ROWS;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.start();
  }

  override render(): TemplateResult {
    const { pair, comparison } = this;
    if (pair === undefined) return html`<div class="waiting muted" role="status">${l10n.t('Opening…')}</div>`;
    const [left, right] = pair.names;
    return html`<header>
        <h1>
          <button
            class="name"
            title=${l10n.t('Open in the inspector')}
            @click=${() => this.channel.event('openLeft', null)}
          >
            ${left}
          </button>
          <span class="arrow" aria-label=${l10n.t('and')}>↔</span>
          <button
            class="name"
            title=${l10n.t('Open in the inspector')}
            @click=${() => this.channel.event('openRight', null)}
          >
            ${right}
          </button>
        </h1>
        <div class="actions">
          <button
            class="toggle"
            title=${l10n.t('The other way round')}
            @click=${() => this.channel.event('swap', null)}
          >
            <vscode-icon name="arrow-swap" size="14"></vscode-icon>${l10n.t('Swap')}
          </button>
          <button
            class="toggle"
            data-action="again"
            ?disabled=${this.isRunning()}
            @click=${() => void this.compare(true)}
          >
            <vscode-icon name="refresh" size="14"></vscode-icon>${l10n.t('Compare again')}
          </button>
        </div>
      </header>
      ${this.notices()} ${comparison === undefined ? this.running() : this.result(comparison)}`;
  }

  override updated(): void {
    const { comparison } = this;
    if (comparison === undefined) delete this.dataset.same;
    else {
      const { same, differing, onlyLeft, onlyRight } = comparison.difference;
      Object.assign(this.dataset, {
        same: String(same),
        differing: String(differing.length),
        onlyLeft: String(onlyLeft.length),
        onlyRight: String(onlyRight.length),
      });
    }
  }

  // ---- data --------------------------------------------------------------------------------------------------------

  private async start(): Promise<void> {
    try {
      this.pair = await this.channel.request('pair', null);
      this.save();
      await this.compare(false);
    } catch (error) {
      this.problem = messageOf(error);
      this.requestUpdate();
    }
  }

  private async compare(anew: boolean): Promise<void> {
    Object.assign(this, {
      comparison: undefined,
      problem: undefined,
      progress: undefined,
      isCancelled: false,
      found: [],
    });
    this.requestUpdate();
    try {
      const comparison = await this.channel.request('compare', { anew }, COMPARE_TIMEOUT_MS);
      if (comparison === null) this.isCancelled = true;
      else this.comparison = comparison;
    } catch (error) {
      this.problem = messageOf(error);
    }
    this.requestUpdate();
  }

  private progressed(progress: ReadingProgress): void {
    this.progress = progress;
    if (progress.found !== undefined && progress.found.length > 0) this.found = [...this.found, ...progress.found];
    this.requestUpdate();
  }

  private isRunning(): boolean {
    return this.comparison === undefined && this.problem === undefined && !this.isCancelled;
  }

  private change(change: Partial<ViewState>): void {
    this.view = { ...this.view, ...change };
    this.rowsShown = FIRST_ROWS;
    this.save();
    this.requestUpdate();
  }

  private save(): void {
    if (this.pair !== undefined) saveState({ key: this.pair.key, view: this.view });
  }

  // ---- parts -------------------------------------------------------------------------------------------------------

  private notices(): TemplateResult | typeof nothing {
    const { problem, isCancelled, comparison } = this;
    const warnings = [
      ...(isCancelled ? [l10n.t('The comparison was cancelled. What it had found until then is below.')] : []),
      ...(comparison?.note === null || comparison === undefined ? [] : [comparison.note]),
      ...(comparison?.difference.warnings ?? []),
    ];
    if (problem === undefined && warnings.length === 0) return nothing;
    return html`<div class="notices">
      ${problem === undefined ? nothing : errorNotice(problem)} ${warnings.map(warningNotice)}
    </div>`;
  }

  private running(): TemplateResult | typeof nothing {
    const { progress, found } = this;
    const share = progress === undefined || progress.total === 0 ? 0 : progress.done / progress.total;
    return html`${
      this.isRunning()
        ? html`<div class="running" aria-busy="true">
            ${progressBar(l10n.t('Comparing'), share)}
            <span class="muted">
              ${
                progress === undefined
                  ? l10n.t('Reading the headers…')
                  : counted(
                      found.length,
                      l10n.t('{1} of {2}, {0} differs so far'),
                      l10n.t('{1} of {2}, {0} differ so far'),
                      formatShare(share),
                      formatBytes(progress.total),
                    )
              }
            </span>
            <vscode-button secondary data-action="cancel" @click=${() => this.channel.event('cancel', null)}
              >${l10n.t('Cancel')}</vscode-button
            >
          </div>`
        : nothing
    }
    ${found.length === 0 ? nothing : this.table(found)}`;
  }

  private result({ difference, names }: Comparison): TemplateResult {
    return html`${summary(difference, names)}
    ${difference.differing.length === 0 ? nothing : this.table(difference.differing)}
    ${onlyIn(names[0], difference.onlyLeft)} ${onlyIn(names[1], difference.onlyRight)}`;
  }

  private table(differing: readonly TensorDifference[]): TemplateResult {
    const { order, query } = this.view;
    const rows = ordered(differing, order, query);
    const hidden = rows.length - this.rowsShown;
    return html`<section aria-label=${l10n.t('Tensors that differ')}>
      ${searchBox({
        query,
        placeholder: l10n.t('Filter by name'),
        label: l10n.t('Filter the tensors that differ by name'),
        search: (words) => this.change({ query: words }),
      })}
      <div class="scrolled" tabindex="0" aria-label=${l10n.t('Tensors that differ')}>
        ${differenceTable(rows.slice(0, this.rowsShown), order, (chosen) => this.change({ order: chosen }))}
      </div>
      ${rows.length === 0 ? html`<p class="muted">${l10n.t('None has all these words in its name.')}</p>` : nothing}
      ${
        hidden > 0
          ? html`<vscode-button
              secondary
              @click=${() => {
                this.rowsShown += 10 * FIRST_ROWS;
                this.requestUpdate();
              }}
              >${counted(hidden, l10n.t('Show {0} more'), l10n.t('Show more of the {0} others'))}</vscode-button
            >`
          : nothing
      }
    </section>`;
  }
}

function restored(saved: unknown): ViewState {
  const view = (typeof saved === 'object' && saved !== null && 'view' in saved ? saved.view : {}) as Partial<
    Record<keyof ViewState, unknown>
  >;
  return {
    order: ORDERS.find((order) => order === view.order) ?? 'relative',
    query: typeof view.query === 'string' ? view.query : '',
  };
}

function asProgress(body: unknown): ReadingProgress {
  if (typeof body !== 'object' || body === null || !('done' in body) || !('total' in body))
    throw new Error('the progress is incomplete');
  return body as ReadingProgress;
}

customElements.define('mora-compare', CompareView);
