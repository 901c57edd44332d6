import * as l10n from '@vscode/l10n';
import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { messageOf, type Channel } from '../../src/host/protocol/channel';
import type {
  ConfigurationDifference,
  Control,
  EvaluationRow,
  Readout,
  RunHostEnd,
  RunPanelEnd,
  RunSnapshot,
} from '../../src/host/protocol/runPanel';
import { baseStyles } from '../shared/baseStyles';
import type { CurveChart, ZoomEvent } from '../shared/chart/curveChart';
import type { Span } from '../shared/chart/viewport';
import { LatestOnly } from '../shared/latestOnly';
import { panelStyles } from '../shared/panelStyles';
import { progressStyles } from '../shared/progressBar';
import { onThemeChange, readTheme, type Theme } from '../shared/theme';
import { openChannel, savedState, saveState } from '../shared/vscodeApi';
import { Announcer } from './announcement';
import { charts } from './charts';
import { figureStrip } from './figures';
import { head } from './head';
import { KeptLines } from './keptLines';
import { legend, swatch } from './legend';
import { asRoots, asSnapshot } from './messages';
import { mirrorOf } from './mirror';
import { notices } from './notices';
import { PendingControl } from './pendingControl';
import './samples/samples';
import type { SampleSource, SampleViewEvent } from './samples/samples';
import { runStyles } from './styles';
import { summaryTable } from './summaryTable';
import { differenceTable, evaluationTable, figureTable } from './tables';
import { toolbar } from './toolbar';
import { isLive, rangeOf, restoredView, type ViewState } from './viewState';

/** The run panel: <mora-run-panel>. The extension holds the data; this asks for what it shows and draws it. */
export class RunPanel extends LitElement {
  static override styles = [baseStyles, panelStyles, progressStyles, runStyles];

  private readonly channel: Channel<RunPanelEnd, RunHostEnd> = openChannel({
    requests: {},
    events: {
      snapshot: { parse: asSnapshot, hear: (snapshot) => this.show(snapshot) },
      overlays: { parse: asRoots, hear: (overlays) => this.change({ overlays }) },
    },
  });
  private readonly looking = new LatestOnly();
  private readonly reading = new LatestOnly();
  private readonly detailing = new LatestOnly();

  private view: ViewState = restoredView(savedState());
  private theme: Theme = readTheme();
  private snapshot: RunSnapshot | undefined;
  private failure: string | undefined;
  private lossRange: Span | null = null;
  private cursor: number | null = null;
  private readouts: readonly Readout[] = [];
  private evaluations: readonly EvaluationRow[] = [];
  private differences: readonly ConfigurationDifference[] = [];
  private readonly pending = new PendingControl(() => this.requestUpdate());
  private readonly announcer = new Announcer();
  private readonly lines = new KeptLines();
  private readonly samples: SampleSource = {
    at: (step) => this.channel.request('samples', step),
    history: (prompt) => this.channel.request('sampleHistory', prompt),
  };
  /** The frame in which it looks again. */
  private soon: number | undefined;
  private readonly owned: { dispose(): void }[] = [];

  override connectedCallback(): void {
    super.connectedCallback();
    this.owned.push(
      onThemeChange(() => {
        this.theme = readTheme();
        this.requestUpdate();
      }),
    );
    this.look();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    for (const owner of this.owned.splice(0)) owner.dispose();
  }

  override render(): TemplateResult {
    const { snapshot } = this;
    if (snapshot === undefined) {
      return html`<p class="waiting muted" role="status">${this.failure ?? l10n.t('Reading the run…')}</p>`;
    }
    const { facts, figures } = snapshot;
    const open = (what: RunHostEnd['events']['open']): void => this.channel.event('open', what);
    const live = isLive(facts.state);
    const isAway =
      this.view.range.kind === 'fixed' || this.lossRange !== null || (!live && this.view.range.kind !== 'all');
    return html`
      ${head(facts, { control: (control) => void this.control(control), open, pending: this.pending.control })}
      ${notices(this.failure, facts)} ${figureStrip(figures)}
      ${toolbar(this.view, isAway, live, {
        change: (change) => this.change(change),
        live: () => this.goLive(live),
        compare: () => this.channel.event('chooseOverlays', null),
        exportCsv: () => this.channel.event('exportCsv', null),
        exportTensorBoard: () => this.channel.event('exportTensorBoard', null),
        exportPng: () => this.exportPng(),
      })}
      ${legend(snapshot, this.theme, (root) => this.removeOverlay(root))} ${this.charts(snapshot)}
      <mora-samples
        .bytes=${snapshot.sampleBytes}
        .view=${this.view.samples}
        .source=${this.samples}
        @samples-view=${(event: SampleViewEvent) => this.lookAtSamples(event.detail)}
      ></mora-samples>
      ${this.tables(snapshot)}
      <p class="hidden-visually" aria-live="polite">${this.announcer.text}</p>
    `;
  }

  override updated(): void {
    if (this.snapshot !== undefined) Object.assign(this.dataset, mirrorOf(this.snapshot, this.view));
  }

  // ---- data --------------------------------------------------------------------------------------------------------

  private look(): void {
    this.looking.run(async () => {
      const small = this.renderRoot.querySelector<CurveChart>('.small-charts mora-curve-chart');
      const { axis, range, smoothing, overlays } = this.view;
      try {
        this.show(
          await this.channel.request('look', {
            ...{ axis, range, smoothing, overlays: [...overlays] },
            // Guessed before a chart is drawn; then it tells.
            columns: this.chart()?.columns ?? Math.max(1, this.clientWidth),
            smallColumns: small?.columns ?? 300,
          }),
        );
      } catch (error) {
        this.fail(error);
      }
    });
  }

  /** Charts change their size together, and are asked for once. */
  private lookSoon(): void {
    this.soon ??= requestAnimationFrame(() => {
      this.soon = undefined;
      this.look();
    });
  }

  private show(snapshot: RunSnapshot): void {
    // An answer to an earlier question: the right one is under way.
    if (this.snapshot !== undefined && snapshot.axis !== this.view.axis) return;
    const before = this.snapshot;
    this.snapshot = snapshot;
    this.failure = undefined;
    if (before?.facts.state !== snapshot.facts.state) this.pending.end();
    saveState({ root: snapshot.facts.root, view: this.view });
    this.announcer.tell(snapshot);
    if (this.cursor !== null) this.readOut(this.cursor);
    const isOther = rootsOf(before) !== rootsOf(snapshot);
    if ((this.view.showsTable && before?.facts.step !== snapshot.facts.step) || isOther) this.readTables();
    this.requestUpdate();
  }

  private change(change: Partial<ViewState>): void {
    this.view = { ...this.view, ...change };
    if (change.range !== undefined || change.isLogarithmic !== undefined) this.lossRange = null;
    if (this.snapshot !== undefined) saveState({ root: this.snapshot.facts.root, view: this.view });
    if (change.showsTable === true) this.readTables();
    this.look();
    this.requestUpdate();
  }

  private readOut(x: number): void {
    this.reading.run(async () => {
      const { axis, smoothing } = this.view;
      const readouts = await this.channel.request('readout', { axis, x, smoothing }).catch(() => []);
      if (this.cursor === null) return;
      this.readouts = readouts;
      this.requestUpdate();
    });
  }

  private readTables(): void {
    this.detailing.run(async () => {
      try {
        this.evaluations = await this.channel.request('evaluations', null);
        this.differences = await this.channel.request('differences', null);
      } catch (error) {
        this.fail(error);
      }
      this.requestUpdate();
    });
  }

  private async control(control: Control): Promise<void> {
    this.pending.begin(control);
    try {
      await this.channel.request('control', control);
      this.failure = undefined;
      this.pending.accepted(control);
    } catch (error) {
      this.pending.end();
      this.fail(error);
    }
    this.requestUpdate();
  }

  private fail(error: unknown): void {
    this.failure = messageOf(error);
    this.requestUpdate();
  }

  // ---- looking around ----------------------------------------------------------------------------------------------

  private goLive(live: boolean): void {
    const { range } = this.view;
    this.lossRange = null;
    const follows = live && range.kind === 'fixed';
    this.change({ range: follows ? { kind: 'trailing', width: range.to - range.from } : { kind: 'all' } });
  }

  private zoom(snapshot: RunSnapshot, { x, y }: ZoomEvent['detail'], isLoss: boolean): void {
    this.change({ range: rangeOf(x, snapshot.extent, isLive(snapshot.facts.state)) });
    if (y !== null && isLoss) this.lossRange = y;
  }

  private moveCursor(x: number | null): void {
    this.cursor = x;
    if (x === null) this.readouts = [];
    else this.readOut(x);
    this.requestUpdate();
  }

  private lookAtSamples(change: SampleViewEvent['detail']): void {
    this.view = { ...this.view, samples: { ...this.view.samples, ...change } };
    if (this.snapshot !== undefined) saveState({ root: this.snapshot.facts.root, view: this.view });
    this.requestUpdate();
  }

  private removeOverlay(gone: string): void {
    this.change({ overlays: this.view.overlays.filter((root) => root !== gone) });
  }

  private exportPng(): void {
    const picture = this.chart()?.toPng() ?? '';
    if (picture !== '') this.channel.event('exportPng', picture);
  }

  // ---- parts -------------------------------------------------------------------------------------------------------

  private charts(snapshot: RunSnapshot): TemplateResult {
    const { view, theme, cursor, readouts, lossRange } = this;
    const chart = this.chart();
    const cursorPlace = (x: number) => ({ left: chart?.pixelOf(x) ?? 0, width: chart?.clientWidth ?? 0 });
    return charts(
      snapshot,
      { view, theme, cursor, readouts, lossRange, cursorPlace },
      {
        moveCursor: (x) => this.moveCursor(x),
        zoom: (to, isLoss) => this.zoom(snapshot, to, isLoss),
        reset: () => this.change({ range: { kind: 'all' } }),
        resize: () => this.lookSoon(),
        keep: (key, make) => this.lines.get(key, snapshot, theme, make),
      },
    );
  }

  private tables(snapshot: RunSnapshot): TemplateResult | typeof nothing {
    const compares = snapshot.runs.length > 1;
    if (!this.view.showsTable && !compares) return nothing;
    return html`<div class="tables" data-tables>
      ${compares ? summaryTable(snapshot, (index) => swatch(this.theme, index)) : nothing}
      ${compares ? differenceTable(snapshot, this.differences, (index) => swatch(this.theme, index)) : nothing}
      ${this.view.showsTable ? html`${figureTable(snapshot)} ${evaluationTable(this.evaluations)}` : nothing}
    </div>`;
  }

  private chart(): CurveChart | undefined {
    return this.renderRoot.querySelector<CurveChart>('.main mora-curve-chart') ?? undefined;
  }
}

function rootsOf(snapshot: RunSnapshot | undefined): string | undefined {
  return snapshot?.runs.map(({ root }) => root).join('\n');
}

customElements.define('mora-run-panel', RunPanel);
