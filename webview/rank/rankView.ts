import { html, LitElement, nothing, type TemplateResult } from 'lit';
import type {
  Cell,
  RankHostEnd,
  RankViewEnd,
  Side,
  SourceFacts,
  Sources,
  Spectrum,
} from '../../src/host/protocol/rankView';
import { baseStyles } from '../shared/baseStyles';
import { ChannelError, type Channel } from '../shared/channel';
import type { CursorEvent, ZoomEvent } from '../shared/chart/curveChart';
import '../shared/chart/curveChart';
import type { Span } from '../shared/chart/viewport';
import { formatCompact, formatCount, formatShare, formatValue } from '../shared/format';
import { LatestOnly } from '../shared/latestOnly';
import { onThemeChange, readTheme, type Theme } from '../shared/theme';
import { openChannel, savedState, saveState } from '../shared/vscodeApi';
import { cellFigures } from './cellFigures';
import { cellTable } from './cellTable';
import type { Place, SelectEvent } from './heatMap';
import './heatMap';
import './legend';
import { MEASURE_NAMES, MEASURES } from './measures';
import { asSources, asText } from './messages';
import { boundLines, lastIndex, spectrumLines, trendLines, type Shown } from './spectrum';
import { rankStyles } from './styles';
import { sentence, summarise, summaryView } from './summary';
import { restoredView, type ViewState } from './viewState';

/** Slow enough to see one map turn into the next. */
const PLAY_EVERY_MS = 500;

const WHOLE_ENERGY: Span = { from: 0, to: 1 };

/** The rank view: <mora-rank-view>. */
export class RankView extends LitElement {
  static override styles = [baseStyles, rankStyles];

  private readonly channel: Channel<RankViewEnd, RankHostEnd> = openChannel({
    requests: {},
    events: {
      sources: { parse: asSources, hear: (sources) => this.take(sources) },
      problem: { parse: asText, hear: (problem) => this.fail(problem) },
    },
  });
  private readonly loading = new LatestOnly();

  private view: ViewState = restoredView(savedState());
  private theme: Theme = readTheme();
  private sources: Sources | undefined;
  private problem: string | undefined;
  private cells: readonly Cell[] = [];
  private otherCells: readonly Cell[] = [];
  private spectra: Readonly<Record<Side, Spectrum | null>> = { primary: null, other: null };
  private span: Span | null = null;
  private cursor: number | null = null;
  private playing: ReturnType<typeof setInterval> | undefined;
  private watched: { dispose(): void } | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.watched = onThemeChange(() => {
      this.theme = readTheme();
      this.requestUpdate();
    });
    void this.open();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.watched?.dispose();
    clearInterval(this.playing);
  }

  override render(): TemplateResult {
    const { sources } = this;
    if (sources === undefined) {
      return html`<div class="waiting" role="status">
        ${
          this.problem === undefined
            ? html`<p class="muted">Reading the spectra…</p>`
            : html`${this.notice()}<vscode-button secondary @click=${() => this.retry()}>Try again</vscode-button>`
        }
      </div>`;
    }
    const { primary } = sources;
    return html`
      ${this.head(primary)} ${this.notice()}
      ${
        primary.steps.length === 0
          ? html`<p class="waiting muted">
              No spectra yet: they are written with each checkpoint. This view fills by itself.
            </p>`
          : html`${this.summary(sources)} ${this.controls(primary)}
              <main>${this.map(primary)} ${this.detail(sources)}</main>
              ${this.view.showsTable ? cellTable(this.cells) : nothing}`
      }
    `;
  }

  override updated(): void {
    const { sources, view } = this;
    if (sources === undefined) return;
    Object.assign(this.dataset, {
      cells: String(this.cells.length),
      measure: view.measure,
      step: String(this.step()),
      selected: view.selected === null ? '' : `${view.selected.layer} ${view.selected.module}`,
      singularValues: String(this.spectra.primary?.singularValues.length ?? 0),
    });
    if (sources.other === null) delete this.dataset.other;
    else this.dataset.other = String(this.otherCells.length);
  }

  // ---- data --------------------------------------------------------------------------------------------------------

  private async open(): Promise<void> {
    try {
      this.take(await this.channel.request('open', { other: this.view.other }));
    } catch (error) {
      this.fail(error instanceof ChannelError ? error.message : String(error));
    }
  }

  private retry(): void {
    this.problem = undefined;
    this.requestUpdate();
    void this.open();
  }

  private take(sources: Sources): void {
    this.sources = sources;
    this.problem = undefined;
    const opened = sources.openedAt;
    this.change({
      other: sources.other?.path ?? null,
      ...(opened !== null && sources.primary.steps.includes(opened) && { step: opened }),
    });
  }

  private change(change: Partial<ViewState>): void {
    this.view = { ...this.view, ...change };
    if (this.sources !== undefined) saveState({ path: this.sources.primary.path, view: this.view });
    this.load();
    this.requestUpdate();
  }

  /** The step on screen: the one chosen, else the newest. */
  private step(): number {
    const steps = this.sources?.primary.steps ?? [];
    const { step } = this.view;
    return step !== null && steps.includes(step) ? step : (steps.at(-1) ?? 0);
  }

  /** Fetches what the view shows now. Steps of another run are matched by nearness. */
  private load(): void {
    this.loading.run(async () => {
      const { sources } = this;
      if (sources === undefined) return;
      const step = this.step();
      const otherStep = nearest(sources.other?.steps ?? [], step, this.step() === sources.primary.steps.at(-1));
      try {
        this.cells = await this.channel.request('cells', { side: 'primary', step });
        this.otherCells =
          sources.other === null ? [] : await this.channel.request('cells', { side: 'other', step: otherStep });
        const place = this.selectedPlace();
        const spectrum = (side: Side, at: number) =>
          place === null ? Promise.resolve(null) : this.channel.request('spectrum', { side, step: at, ...place });
        this.spectra = {
          primary: await spectrum('primary', step),
          other: sources.other === null ? null : await spectrum('other', otherStep),
        };
      } catch (error) {
        this.fail(error instanceof ChannelError ? error.message : String(error));
      }
      this.requestUpdate();
    });
  }

  /** The chosen cell, or at first the one of the highest effective rank. */
  private selectedPlace(): Place | null {
    const { selected } = this.view;
    const exists = this.cells.some(({ layer, module }) => layer === selected?.layer && module === selected.module);
    if (!exists) {
      const highest = this.cells.reduce<Cell | undefined>(
        (best, cell) => (best === undefined || cell.effectiveRank > best.effectiveRank ? cell : best),
        undefined,
      );
      this.view = {
        ...this.view,
        selected: highest === undefined ? null : { layer: highest.layer, module: highest.module },
      };
    }
    return this.view.selected;
  }

  private fail(problem: string): void {
    this.problem = problem;
    this.requestUpdate();
  }

  private play(): void {
    if (this.playing !== undefined) {
      this.pause();
      return;
    }
    const steps = this.sources?.primary.steps ?? [];
    let index = this.step() === steps.at(-1) ? 0 : steps.indexOf(this.step());
    this.change({ step: steps[index] ?? null });
    this.playing = setInterval(() => {
      index++;
      const isLast = index >= steps.length - 1;
      if (isLast) this.pause();
      this.change({ step: isLast ? null : (steps[index] ?? null) });
    }, PLAY_EVERY_MS);
    this.requestUpdate();
  }

  private pause(): void {
    clearInterval(this.playing);
    this.playing = undefined;
    this.requestUpdate();
  }

  // ---- parts -------------------------------------------------------------------------------------------------------

  private head(primary: SourceFacts): TemplateResult {
    const compares = this.sources?.other != null;
    return html`<header>
      <h1>${primary.name}</h1>
      <span class="muted">effective rank of ΔW</span>
      <div class="actions">
        ${
          primary.kind === 'run'
            ? html`<button class="toggle" @click=${() => this.channel.event('openRun', null)}>
                <vscode-icon name="graph-line" size="14"></vscode-icon>Curves
              </button>`
            : nothing
        }
        <button class="toggle" data-action="compare" @click=${() => this.channel.event('chooseOther', null)}>
          <vscode-icon name="layers" size="14"></vscode-icon>Compare with…
        </button>
        ${
          compares
            ? html`<button class="toggle" @click=${() => this.channel.event('removeOther', null)}>
                <vscode-icon name="close" size="14"></vscode-icon>Stop comparing
              </button>`
            : nothing
        }
        <button
          class="toggle"
          data-toggle="table"
          aria-pressed=${this.view.showsTable}
          @click=${() => this.change({ showsTable: !this.view.showsTable })}
        >
          <vscode-icon name="table" size="14"></vscode-icon>Table
        </button>
        <button class="toggle" title="All spectra as CSV" @click=${() => this.channel.event('exportCsv', null)}>
          <vscode-icon name="desktop-download" size="14"></vscode-icon>CSV
        </button>
      </div>
    </header>`;
  }

  private notice(): TemplateResult | typeof nothing {
    if (this.problem === undefined) return nothing;
    return html`<div class="notice" role="alert">
      <vscode-icon name="error"></vscode-icon>
      <p>${this.problem}</p>
    </div>`;
  }

  private summary({ primary, other }: Sources): TemplateResult {
    const second = other === null || this.otherCells.length === 0 ? null : summarise(other.method, this.otherCells);
    return summaryView(summarise(primary.method, this.cells), second, this.theme.series);
  }

  private controls({ steps }: SourceFacts): TemplateResult {
    const { measure } = this.view;
    const index = steps.indexOf(this.step());
    return html`<div class="controls" role="toolbar" aria-label="Map">
      <select
        aria-label="Measure"
        data-measure-select
        @change=${(event: Event) => {
          const { target } = event;
          const name = target instanceof HTMLSelectElement ? target.value : '';
          this.change({ measure: MEASURE_NAMES.find((known) => known === name) ?? 'effectiveRank' });
        }}
      >
        ${MEASURE_NAMES.map(
          (name) => html`<option value=${name} ?selected=${name === measure}>${MEASURES[name].title}</option>`,
        )}
      </select>
      <span class="definition">${MEASURES[measure].definition}</span>
      ${
        steps.length < 2
          ? nothing
          : html`<div class="steps">
              <vscode-toolbar-button
                icon=${this.playing === undefined ? 'play' : 'debug-pause'}
                label=${this.playing === undefined ? 'Play over the checkpoints' : 'Pause'}
                title=${this.playing === undefined ? 'Play over the checkpoints' : 'Pause'}
                data-action="play"
                @click=${() => this.play()}
              ></vscode-toolbar-button>
              <input
                type="range"
                min="0"
                max=${steps.length - 1}
                step="1"
                aria-label="Checkpoint"
                aria-valuetext="step ${steps[index] ?? 0}"
                .value=${String(index)}
                @input=${(event: Event) => {
                  if (!(event.target instanceof HTMLInputElement)) return;
                  this.pause();
                  const at = Number(event.target.value);
                  this.change({ step: at === steps.length - 1 ? null : (steps[at] ?? null) });
                }}
              />
              <output>Step ${formatCount(this.step())}</output>
            </div>`
      }
    </div>`;
  }

  private map({ extents }: SourceFacts): TemplateResult {
    const { measure, selected } = this.view;
    const { format, title, definition } = MEASURES[measure];
    const [least, greatest] = extents[measure];
    return html`<section aria-label="Map">
      <mora-heat-map
        .cells=${this.cells}
        .measure=${measure}
        .extent=${extents[measure]}
        .selected=${selected}
        .theme=${this.theme}
        @cell-select=${(event: SelectEvent) => this.change({ selected: event.detail })}
      ></mora-heat-map>
      <div class="legend" title=${definition}>
        <span>${format(least)}</span><mora-ramp .theme=${this.theme}></mora-ramp><span>${format(greatest)}</span>
        <span class="spread">${title}${this.hasSteps() ? ', same scale at every step' : ''}</span>
      </div>
      ${this.growth()}
    </section>`;
  }

  /** How the mean effective rank came about. */
  private growth(): TemplateResult | typeof nothing {
    const { sources } = this;
    if (sources === undefined || !this.hasSteps()) return nothing;
    const { theme } = this;
    const steps = sources.primary.steps;
    const limits = { from: steps[0] ?? 0, to: steps.at(-1) ?? 1 };
    return html`<div class="growth">
      <p class="muted">Mean effective rank over training</p>
      <mora-curve-chart
        label="Mean effective rank over training"
        .theme=${theme}
        .lines=${trendLines(sources, theme)}
        .verticals=${[{ x: this.step(), color: theme.cursor }]}
        .span=${limits}
        .limits=${limits}
        .isSmall=${true}
        .startsAtZero=${true}
        .formatX=${formatCompact}
        .formatY=${formatCompact}
      ></mora-curve-chart>
    </div>`;
  }

  private detail(sources: Sources): TemplateResult {
    const { selected, isLogarithmic, isCumulative } = this.view;
    const cell = this.cells.find(({ layer, module }) => layer === selected?.layer && module === selected.module);
    if (cell === undefined) return html`<aside class="muted">Choose a cell to see its spectrum.</aside>`;
    const otherCell = this.otherCells.find(({ layer, module }) => layer === cell.layer && module === cell.module);
    const shown: Shown[] = [];
    if (this.spectra.primary !== null) {
      shown.push({ label: sources.primary.name, cell, singularValues: this.spectra.primary.singularValues });
    }
    if (otherCell !== undefined && this.spectra.other !== null) {
      const { singularValues } = this.spectra.other;
      shown.push({ label: sources.other?.name ?? '', cell: otherCell, singularValues });
    }
    const limits = { from: 1, to: lastIndex(shown) };
    const figures = otherCell === undefined ? [cell] : [cell, otherCell];
    return html`<aside>
      <div class="cell-title">
        <h2>Layer ${cell.layer} · ${cell.module}</h2>
        <span class="muted small">${cell.name}</span>
      </div>
      <div class="spectrum-tools">
        <div class="segments" role="radiogroup" aria-label="Spectrum">
          <button role="radio" aria-checked=${!isCumulative} @click=${() => this.change({ isCumulative: false })}>
            Singular values
          </button>
          <button
            role="radio"
            data-toggle="cumulative"
            aria-checked=${isCumulative}
            @click=${() => this.change({ isCumulative: true })}
          >
            Cumulative energy
          </button>
        </div>
        <button
          class="toggle"
          data-toggle="log"
          aria-pressed=${isLogarithmic}
          ?disabled=${isCumulative}
          title="Logarithmic axis"
          @click=${() => this.change({ isLogarithmic: !isLogarithmic })}
        >
          Log
        </button>
        <span class="readout muted">${this.readout(shown)}</span>
      </div>
      <mora-curve-chart
        .label=${`Singular values of ΔW in layer ${cell.layer}, ${cell.module}: effective rank ${cell.effectiveRank.toFixed(1)} of ${cell.rankBound}; LoRA cannot pass ${cell.loraBound}`}
        .theme=${this.theme}
        .lines=${spectrumLines(shown, isCumulative, this.theme)}
        .verticals=${boundLines(shown, this.theme)}
        .cursor=${this.cursor}
        .span=${this.span ?? limits}
        .limits=${limits}
        .yRange=${isCumulative ? WHOLE_ENERGY : null}
        .isLogarithmic=${isLogarithmic && !isCumulative}
        .startsAtZero=${true}
        .formatX=${(value: number) => (Number.isInteger(value) ? formatCount(value) : '')}
        .formatY=${isCumulative ? (value: number) => `${Math.round(100 * value)} %` : spectrumTick}
        @chart-cursor=${(event: CursorEvent) => {
          this.cursor = event.detail === null ? null : Math.max(1, Math.round(event.detail));
          this.requestUpdate();
        }}
        @chart-zoom=${(event: ZoomEvent) => {
          this.span = event.detail.x;
          this.requestUpdate();
        }}
        @chart-reset=${() => {
          this.span = null;
          this.requestUpdate();
        }}
      ></mora-curve-chart>
      <div class="axis-title">${isCumulative ? 'Share of Σσ² in the first i, over i' : 'σᵢ over i'}</div>
      ${cellFigures(
        figures,
        figures.map((_, index) => (index === 0 ? sources.primary.name : (sources.other?.name ?? ''))),
        this.spectra.primary?.trend ?? [],
        this.theme.series,
      )}
      <p class="hidden-visually" aria-live="polite">${sentence(summarise(sources.primary.method, this.cells))}</p>
    </aside>`;
  }

  private hasSteps(): boolean {
    return (this.sources?.primary.steps.length ?? 0) > 1;
  }

  private readout(shown: readonly Shown[]): TemplateResult | typeof nothing {
    const { cursor } = this;
    if (cursor === null) return nothing;
    const values = shown.map(({ singularValues }) => {
      if (!this.view.isCumulative) return formatValue(singularValues[cursor - 1] ?? 0, 3);
      const total = singularValues.reduce((sum, sigma) => sum + sigma * sigma, 0);
      const held = singularValues.subarray(0, cursor).reduce((sum, sigma) => sum + sigma * sigma, 0);
      return formatShare(held / total);
    });
    return html`i ${cursor}: <b>${values.join(' · ')}</b>`;
  }
}

function spectrumTick(value: number): string {
  return Math.abs(value) >= 1e-3 || value === 0 ? String(Number(value.toPrecision(3))) : value.toExponential(0);
}

/** The step of another source that goes with `step`: the nearest, or its last with our last. */
function nearest(steps: readonly number[], step: number, isLast: boolean): number {
  const last = steps.at(-1) ?? 0;
  if (isLast) return last;
  return steps.reduce((best, at) => (Math.abs(at - step) < Math.abs(best - step) ? at : best), last);
}

customElements.define('mora-rank-view', RankView);
