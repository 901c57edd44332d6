import * as l10n from '@vscode/l10n';
import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { messageOf, type Channel } from '../../src/host/protocol/channel';
import type {
  Cell,
  CellMap,
  Extents,
  RankHostEnd,
  RankViewEnd,
  Side,
  SourceFacts,
  Sources,
  Spectrum,
} from '../../src/host/protocol/rankView';
import { baseStyles } from '../shared/baseStyles';
import { LatestOnly } from '../shared/latestOnly';
import { warningNotice } from '../shared/notice';
import { panelStyles } from '../shared/panelStyles';
import { progressStyles } from '../shared/progressBar';
import { wantsReducedMotion } from '../shared/reducedMotion';
import { onThemeChange, readTheme, type Theme } from '../shared/theme';
import { openChannel, savedState, saveState } from '../shared/vscodeApi';
import { cellTable, ROWS_AT_ONCE } from './cellTable';
import { controls } from './controls';
import { head } from './head';
import { mapsView } from './maps';
import { asSources, asTexts } from './messages';
import { notices } from './notices';
import { nearestStep, placeIn } from './place';
import { Playback } from './playback';
import type { Shown } from './spectrum';
import type { SpectrumStyleEvent } from './spectrumPanel';
import './spectrumPanel';
import { dotStyles, rankStyles } from './styles';
import { sentence, summarise, summaryView } from './summary';
import { termStyles } from './term';
import { restoredView, type ViewState } from './viewState';
import { startAgain, workBar } from './workBar';

const NOTHING_SHOWN: CellMap = { cells: [], extents: {} as Extents };

/** The rank view: <mora-rank-view>. */
export class RankView extends LitElement {
  static override styles = [baseStyles, panelStyles, progressStyles, dotStyles, termStyles, rankStyles];

  private readonly channel: Channel<RankViewEnd, RankHostEnd> = openChannel({
    requests: {},
    events: {
      sources: { parse: asSources, hear: (sources) => this.take(sources) },
      problems: {
        parse: asTexts,
        hear: (problems) => {
          this.problems = problems;
          this.requestUpdate();
        },
      },
    },
  });
  private readonly loading = new LatestOnly();

  private view: ViewState = restoredView(savedState());
  private theme: Theme = readTheme();
  private sources: Sources | undefined;
  /** What is wrong by the extension. */
  private problems: readonly string[] = [];
  /** A question of ours that had no answer; it goes with the next that has one. */
  private failure: string | undefined;
  private maps: Readonly<Record<Side, CellMap>> = { primary: NOTHING_SHOWN, other: NOTHING_SHOWN };
  private rowsShown = ROWS_AT_ONCE;
  private spectra: Readonly<Record<Side, Spectrum | null>> = { primary: null, other: null };
  private readonly playback = new Playback(
    (step) => this.change({ step }),
    () => this.requestUpdate(),
    wantsReducedMotion,
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
          this.failure === undefined
            ? html`<p class="muted">${l10n.t('Reading the spectra…')}</p>`
            : html`${notices(this.wrong(), null)}<vscode-button secondary @click=${() => this.retry()}
                  >${l10n.t('Try again')}</vscode-button
                >`
        }
      </div>`;
    }
    const { primary } = sources;
    return html`
      ${head(sources, this.view.showsTable, {
        tell: (event) => {
          if (event === 'exportCsv') this.channel.event(event, this.view.settings);
          else this.channel.event(event, null);
        },
        toggleTable: () => this.change({ showsTable: !this.view.showsTable }),
      })}
      ${notices(this.wrong(), () => this.dismiss())}
      ${[...primary.warnings, ...(sources.other?.warnings ?? [])].map(warningNotice)}
      ${[primary, ...(sources.other === null ? [] : [sources.other])].map((source, index) => [
        workBar(source, () => this.channel.event('cancel', null)),
        startAgain(source, () => this.channel.event('startDifference', index === 0 ? 'primary' : 'other')),
      ])}
      ${
        primary.steps.length === 0
          ? html`<p class="waiting muted">
              ${
                primary.kind === 'difference'
                  ? primary.work === null
                    ? l10n.t('There is nothing to show.')
                    : l10n.t('The first module is at work; this view fills by itself.')
                  : l10n.t('No spectra yet: they are written with each checkpoint. This view fills by itself.')
              }
            </p>`
          : html`${this.summary(sources)} ${this.controls(primary.steps)}
              ${this.view.showsTable ? this.table(sources) : nothing}
              <main>${this.map(sources)} ${this.detail(sources)}</main>`
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
      work: sources.primary.work?.kind ?? sources.other?.work?.kind ?? '',
    });
    if (sources.other === null) delete this.dataset.other;
    else this.dataset.other = String(this.otherCells.length);
  }

  // ---- data --------------------------------------------------------------------------------------------------------

  private async open(): Promise<void> {
    try {
      this.take(await this.channel.request('open', { other: this.view.other }));
    } catch (error) {
      this.fail(messageOf(error));
    }
  }

  private retry(): void {
    this.failure = undefined;
    this.requestUpdate();
    void this.open();
  }

  private take(sources: Sources): void {
    this.sources = sources;
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

  private stepOf(side: Side): number {
    const step = this.step();
    const { primary, other } = this.sources ?? {};
    return side === 'primary' ? step : nearestStep(other?.steps ?? [], step, step === primary?.steps.at(-1));
  }

  private get cells(): readonly Cell[] {
    return this.maps.primary.cells;
  }

  private get otherCells(): readonly Cell[] {
    return this.maps.other.cells;
  }

  /** Fetches what the view shows now. Steps of another run are matched by nearness. */
  private load(): void {
    this.loading.run(async () => {
      const { sources } = this;
      if (sources === undefined) return;
      const step = this.step();
      const otherStep = this.stepOf('other');
      try {
        const { settings } = this.view;
        const map = (side: Side, at: number) => this.channel.request('cells', { side, step: at, settings });
        this.maps = { ...this.maps, primary: await map('primary', step) };
        this.maps = { ...this.maps, other: sources.other === null ? NOTHING_SHOWN : await map('other', otherStep) };
        const place = placeIn(this.cells, this.view.selected);
        this.view = { ...this.view, selected: place };
        const spectrum = (side: Side, at: number) =>
          place === null ? Promise.resolve(null) : this.channel.request('spectrum', { side, step: at, ...place });
        this.spectra = {
          primary: await spectrum('primary', step),
          other: sources.other === null ? null : await spectrum('other', otherStep),
        };
        this.failure = undefined;
      } catch (error) {
        this.fail(messageOf(error));
      }
      this.requestUpdate();
    });
  }

  private fail(failure: string): void {
    this.failure = failure;
    this.requestUpdate();
  }

  private wrong(): readonly string[] {
    return this.failure === undefined ? this.problems : [this.failure, ...this.problems];
  }

  private dismiss(): void {
    this.failure = undefined;
    this.problems = [];
    this.channel.event('dismissProblems', null);
    this.requestUpdate();
  }

  private play(): void {
    if (this.playback.isPlaying) this.playback.stop();
    else this.playback.start(this.sources?.primary.steps ?? [], this.step());
  }

  // ---- parts -------------------------------------------------------------------------------------------------------

  private summary({ primary, other }: Sources): TemplateResult {
    // Of one method, they are told apart by their names.
    const title = ({ name, method }: SourceFacts): string =>
      other?.method === primary.method ? `${name} · ${method}` : method;
    const second = other === null || this.otherCells.length === 0 ? null : summarise(title(other), this.otherCells);
    return summaryView(summarise(title(primary), this.cells), second, this.theme.series);
  }

  private controls(steps: readonly number[]): TemplateResult {
    const { measure, settings } = this.view;
    return controls(measure, settings, steps, this.step(), this.playback.isPlaying, {
      choose: (chosen) => this.change({ measure: chosen }),
      set: (change) => this.change({ settings: { ...settings, ...change } }),
      play: () => this.play(),
      goTo: (index) => {
        this.playback.stop();
        this.change({ step: index === steps.length - 1 ? null : (steps[index] ?? null) });
      },
    });
  }

  private map(sources: Sources): TemplateResult {
    const { maps, view, theme } = this;
    return mapsView(
      sources,
      { maps, view, step: this.step(), theme },
      {
        select: (selected) => this.change({ selected }),
        findIntruders: (side) => this.findIntruders(side, null),
        readNorms: (side) => this.channel.event('readNorms', { side, step: this.stepOf(side) }),
      },
    );
  }

  private table({ primary, other }: Sources): TemplateResult {
    const tables = [
      { name: primary.name, cells: this.cells },
      ...(other === null ? [] : [{ name: other.name, cells: this.otherCells }]),
    ];
    return cellTable(tables, this.view.settings, this.rowsShown, () => {
      this.rowsShown += 2 * ROWS_AT_ONCE;
      this.requestUpdate();
    });
  }

  private findIntruders(side: Side, place: ViewState['selected']): void {
    this.channel.event('findIntruders', { side, step: this.stepOf(side), place, top: this.view.settings.top });
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
        .settings=${this.view.settings}
        .isBusy=${sources.primary.work !== null}
        @find-intruders=${() => this.findIntruders('primary', selected)}
        .look=${{ isLogarithmic, isCumulative }}
        .theme=${this.theme}
        @spectrum-style=${(event: SpectrumStyleEvent) => this.change(event.detail)}
      ></mora-spectrum>
      <p class="hidden-visually" aria-live="polite">${sentence(summarise(sources.primary.method, this.cells))}</p>
    </aside>`;
  }
}

customElements.define('mora-rank-view', RankView);
