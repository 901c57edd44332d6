import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { ChannelError, type Channel } from '../../src/host/protocol/channel';
import type { Cell, RankHostEnd, RankViewEnd, Side, Sources, Spectrum } from '../../src/host/protocol/rankView';
import { baseStyles } from '../shared/baseStyles';
import { LatestOnly } from '../shared/latestOnly';
import { panelStyles } from '../shared/panelStyles';
import { onThemeChange, readTheme, type Theme } from '../shared/theme';
import { openChannel, savedState, saveState } from '../shared/vscodeApi';
import { cellTable } from './cellTable';
import { controls } from './controls';
import { growth } from './growth';
import { head } from './head';
import type { SelectEvent } from './heatMap';
import './heatMap';
import './legend';
import { MEASURES } from './measures';
import { asSources, asText } from './messages';
import { nearestStep, placeIn } from './place';
import { Playback } from './playback';
import type { Shown } from './spectrum';
import type { SpectrumStyleEvent } from './spectrumPanel';
import './spectrumPanel';
import { dotStyles, rankStyles } from './styles';
import { sentence, summarise, summaryView } from './summary';
import { restoredView, type ViewState } from './viewState';

/** The rank view: <mora-rank-view>. */
export class RankView extends LitElement {
  static override styles = [baseStyles, panelStyles, dotStyles, rankStyles];

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
  private readonly playback = new Playback(
    (step) => this.change({ step }),
    () => this.requestUpdate(),
  );
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
    this.playback.stop();
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
      ${head(sources, this.view.showsTable, {
        tell: (event) => this.channel.event(event, null),
        toggleTable: () => this.change({ showsTable: !this.view.showsTable }),
      })}
      ${this.notice()}
      ${
        primary.steps.length === 0
          ? html`<p class="waiting muted">
              No spectra yet: they are written with each checkpoint. This view fills by itself.
            </p>`
          : html`${this.summary(sources)} ${this.controls(primary.steps)}
              <main>${this.map(sources)} ${this.detail(sources)}</main>
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
      const otherStep = nearestStep(sources.other?.steps ?? [], step, step === sources.primary.steps.at(-1));
      try {
        this.cells = await this.channel.request('cells', { side: 'primary', step });
        this.otherCells =
          sources.other === null ? [] : await this.channel.request('cells', { side: 'other', step: otherStep });
        const place = placeIn(this.cells, this.view.selected);
        this.view = { ...this.view, selected: place };
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

  private fail(problem: string): void {
    this.problem = problem;
    this.requestUpdate();
  }

  private play(): void {
    if (this.playback.isPlaying) this.playback.stop();
    else this.playback.start(this.sources?.primary.steps ?? [], this.step());
  }

  // ---- parts -------------------------------------------------------------------------------------------------------

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

  private controls(steps: readonly number[]): TemplateResult {
    return controls(this.view.measure, steps, this.step(), this.playback.isPlaying, {
      choose: (measure) => this.change({ measure }),
      play: () => this.play(),
      goTo: (index) => {
        this.playback.stop();
        this.change({ step: index === steps.length - 1 ? null : (steps[index] ?? null) });
      },
    });
  }

  private map(sources: Sources): TemplateResult {
    const { extents, steps } = sources.primary;
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
        <span class="spread">${title}${steps.length > 1 ? ', same scale at every step' : ''}</span>
      </div>
      ${growth(sources, this.step(), this.theme)}
    </section>`;
  }

  private detail(sources: Sources): TemplateResult {
    const { selected, isLogarithmic, isCumulative } = this.view;
    const isSelected = ({ layer, module }: Cell): boolean => layer === selected?.layer && module === selected.module;
    const sides = [
      { source: sources.primary, cell: this.cells.find(isSelected), spectrum: this.spectra.primary },
      { source: sources.other, cell: this.otherCells.find(isSelected), spectrum: this.spectra.other },
    ].filter(({ cell }) => cell !== undefined);
    return html`<aside>
      <mora-spectrum
        .cells=${sides.flatMap(({ cell }) => cell ?? [])}
        .labels=${sides.map(({ source }) => source?.name ?? '')}
        .shown=${sides.flatMap(({ source, cell, spectrum }): Shown[] =>
          cell === undefined || spectrum === null
            ? []
            : [{ label: source?.name ?? '', cell, singularValues: spectrum.singularValues }],
        )}
        .trend=${this.spectra.primary?.trend ?? []}
        .look=${{ isLogarithmic, isCumulative }}
        .theme=${this.theme}
        @spectrum-style=${(event: SpectrumStyleEvent) => this.change(event.detail)}
      ></mora-spectrum>
      <p class="hidden-visually" aria-live="polite">${sentence(summarise(sources.primary.method, this.cells))}</p>
    </aside>`;
  }
}

customElements.define('mora-rank-view', RankView);
