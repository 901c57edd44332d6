import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { ChannelError, type Channel } from '../../src/host/protocol/channel';
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
import type { Line } from '../shared/chart/lines';
import type { Span } from '../shared/chart/viewport';
import { LatestOnly } from '../shared/latestOnly';
import { onThemeChange, readTheme, type Theme } from '../shared/theme';
import { openChannel, savedState, saveState } from '../shared/vscodeApi';
import { announcement } from './announcement';
import { charts } from './charts';
import { figureStrip } from './figures';
import { head } from './head';
import { legend, swatch } from './legend';
import { asRoots, asSnapshot } from './messages';
import { notices } from './notices';
import { runStyles } from './styles';
import { differenceTable, evaluationTable, figureTable } from './tables';
import { toolbar } from './toolbar';
import { rangeOf, restoredView, spanOf, type ViewState } from './viewState';

/** Often enough to follow, seldom enough to work beside. */
const ANNOUNCE_EVERY_MS = 10_000;
/** A control that has not shown in the state by then was lost. */
const PENDING_MS = 8000;

/** The run panel: <mora-run-panel>. The extension holds the data; this asks for what it shows and draws it. */
export class RunPanel extends LitElement {
  static override styles = [baseStyles, runStyles];

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
  private pending: Control | null = null;
  private spoken = '';
  private spokenAt = -Infinity;
  private readonly owned: { dispose(): void }[] = [];

  override connectedCallback(): void {
    super.connectedCallback();
    const resized = new ResizeObserver(() => this.look());
    resized.observe(this);
    this.owned.push(
      onThemeChange(() => {
        this.theme = readTheme();
        this.requestUpdate();
      }),
      { dispose: () => resized.disconnect() },
    );
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    for (const owner of this.owned.splice(0)) owner.dispose();
  }

  override render(): TemplateResult {
    const { snapshot } = this;
    if (snapshot === undefined) {
      return html`<p class="waiting muted" role="status">${this.failure ?? 'Reading the run…'}</p>`;
    }
    const { facts, figures } = snapshot;
    const open = (what: RunHostEnd['events']['open']): void => this.channel.event('open', what);
    const isLive = ['starting', 'running', 'paused', 'stopping'].includes(facts.state);
    const isAway =
      this.view.range.kind === 'fixed' || this.lossRange !== null || (!isLive && this.view.range.kind !== 'all');
    return html`
      ${head(facts, { control: (control) => void this.control(control), open, pending: this.pending })}
      ${notices(this.failure, facts)} ${figureStrip(figures)}
      ${toolbar(this.view, isAway, isLive, {
        change: (change) => this.change(change),
        live: () => this.goLive(isLive),
        compare: () => this.channel.event('chooseOverlays', null),
        exportCsv: () => this.channel.event('exportCsv', null),
        exportPng: () => this.exportPng(),
      })}
      ${legend(snapshot, this.theme, (root) => this.removeOverlay(root))} ${this.charts(snapshot)}
      ${this.tables(snapshot)}
      <p class="hidden-visually" aria-live="polite">${this.spoken}</p>
    `;
  }

  override updated(): void {
    this.mirror();
  }

  // ---- data --------------------------------------------------------------------------------------------------------

  private look(): void {
    this.looking.run(async () => {
      const columns = this.chart()?.columns ?? this.clientWidth;
      const smallColumns = this.renderRoot.querySelector<CurveChart>('.small-charts mora-curve-chart')?.columns ?? 300;
      const { axis, range, smoothing, overlays } = this.view;
      try {
        this.show(
          await this.channel.request('look', {
            ...{ axis, range, smoothing, overlays: [...overlays] },
            columns: Math.max(1, columns),
            smallColumns: Math.max(1, smallColumns),
          }),
        );
      } catch (error) {
        this.fail(error);
      }
    });
  }

  private show(snapshot: RunSnapshot): void {
    // An answer to an earlier question: the right one is under way.
    if (this.snapshot !== undefined && snapshot.axis !== this.view.axis) return;
    const before = this.snapshot;
    this.snapshot = snapshot;
    this.failure = undefined;
    // Only now are there charts, and with them the number of pixels to ask for.
    if (before === undefined) void this.updateComplete.then(() => this.look());
    if (before?.facts.state !== snapshot.facts.state) this.pending = null;
    saveState({ root: snapshot.facts.root, view: this.view });
    this.speak(snapshot);
    if (this.cursor !== null) this.readOut(this.cursor);
    if (this.view.showsTable && before?.facts.step !== snapshot.facts.step) this.readTables();
    if (before !== undefined && before.runs.length !== snapshot.runs.length) this.readTables();
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
    this.pending = control;
    this.requestUpdate();
    try {
      await this.channel.request('control', control);
      this.failure = undefined;
      // Saving leaves the state as it is; the others show in it.
      if (control === 'save') this.pending = null;
      else setTimeout(() => this.forget(control), PENDING_MS);
    } catch (error) {
      this.pending = null;
      this.fail(error);
    }
    this.requestUpdate();
  }

  private forget(control: Control): void {
    if (this.pending !== control) return;
    this.pending = null;
    this.requestUpdate();
  }

  private fail(error: unknown): void {
    this.failure = error instanceof ChannelError ? error.message : String(error);
    this.requestUpdate();
  }

  // ---- looking around ----------------------------------------------------------------------------------------------

  private goLive(isLive: boolean): void {
    const { range } = this.view;
    this.lossRange = null;
    const follows = isLive && range.kind === 'fixed';
    this.change({ range: follows ? { kind: 'trailing', width: range.to - range.from } : { kind: 'all' } });
  }

  private zoom(snapshot: RunSnapshot, { x, y }: ZoomEvent['detail'], isLoss: boolean): void {
    const isLive = ['starting', 'running', 'paused'].includes(snapshot.facts.state);
    const range = rangeOf(x, snapshot.extent, isLive);
    this.change({ range });
    if (y !== null && isLoss) this.lossRange = y;
  }

  private moveCursor(x: number | null): void {
    this.cursor = x;
    if (x === null) this.readouts = [];
    else this.readOut(x);
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
    const cursorPlace = { left: chart?.pixelOf(cursor ?? 0) ?? 0, width: chart?.clientWidth ?? 0 };
    return charts(
      snapshot,
      { view, theme, cursor, readouts, lossRange, cursorPlace },
      {
        moveCursor: (x) => this.moveCursor(x),
        zoom: (to, isLoss) => this.zoom(snapshot, to, isLoss),
        reset: () => this.change({ range: { kind: 'all' } }),
        keep: (key, make) => this.kept(key, snapshot, make),
      },
    );
  }

  private tables(snapshot: RunSnapshot): TemplateResult | typeof nothing {
    const compares = snapshot.runs.length > 1;
    if (!this.view.showsTable && !compares) return nothing;
    return html`<div class="tables" data-tables>
      ${compares ? differenceTable(snapshot, this.differences, (index) => swatch(this.theme, index)) : nothing}
      ${this.view.showsTable ? html`${figureTable(snapshot)} ${evaluationTable(this.evaluations)}` : nothing}
    </div>`;
  }

  // ---- small things ------------------------------------------------------------------------------------------------

  private readonly lines = new Map<string, { snapshot: RunSnapshot; theme: Theme; lines: readonly Line[] }>();

  private kept(key: string, snapshot: RunSnapshot, make: () => readonly Line[]): readonly Line[] {
    const known = this.lines.get(key);
    if (known?.snapshot === snapshot && known.theme === this.theme) return known.lines;
    const lines = make();
    this.lines.set(key, { snapshot, theme: this.theme, lines });
    return lines;
  }

  private chart(): CurveChart | undefined {
    return this.renderRoot.querySelector<CurveChart>('.main mora-curve-chart') ?? undefined;
  }

  private speak(snapshot: RunSnapshot): void {
    if (performance.now() - this.spokenAt < ANNOUNCE_EVERY_MS) return;
    this.spokenAt = performance.now();
    this.spoken = announcement(snapshot);
  }

  /** What the canvases show, where a test can read it. */
  private mirror(): void {
    const { snapshot } = this;
    if (snapshot === undefined) return;
    const span = spanOf(this.view, snapshot);
    Object.assign(this.dataset, {
      state: snapshot.facts.state,
      lastStep: String(snapshot.facts.step),
      points: String(snapshot.facts.points),
      runs: String(snapshot.runs.length),
      axis: this.view.axis,
      range: this.view.range.kind,
      from: String(span.from),
      to: String(span.to),
      loss: String(snapshot.figures.loss.last),
    });
  }
}

customElements.define('mora-run-panel', RunPanel);
