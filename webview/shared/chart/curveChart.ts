import { Chart, type ChartDataset } from 'chart.js';
import { css, html, LitElement, type TemplateResult } from 'lit';
import { readTheme, type Theme } from '../theme';
import { frameOptions, frameParts, Y_AXIS_WIDTH } from './frame';
import { Gestures } from './gestures';
import { drawCurves } from './curves';
import { extentOf, type Dot, type Extent, type Line, type Vertical } from './lines';
import { changedFrom } from './newEnd';
import { drawOverlay, overlayParts, type Selection } from './overlay';
import { areSame, type Parts } from './parts';
import type { Span } from './viewport';

type LineData = { x: number; y: number }[];

/** The pointer is at a place of the x-axis, or has left. */
export type CursorEvent = CustomEvent<number | null>;
export type ZoomEvent = CustomEvent<{ readonly x: Span; readonly y: Span | null }>;

/**
 * Curves over one x-axis: <mora-curve-chart>. It shows what it is given and tells what the pointer wants
 * (`chart-cursor`, `chart-zoom`, `chart-reset`), and how many points it has room for (`chart-columns`); who owns it decides.
 */
export class CurveChart extends LitElement {
  static override properties = {
    lines: { attribute: false },
    verticals: { attribute: false },
    dots: { attribute: false },
    cursor: { attribute: false },
    span: { attribute: false },
    limits: { attribute: false },
    yRange: { attribute: false },
    theme: { attribute: false },
    isLogarithmic: { attribute: false },
    isClock: { attribute: false },
    startsAtZero: { attribute: false },
    isSmall: { attribute: false },
    formatX: { attribute: false },
    formatY: { attribute: false },
    label: { attribute: false },
  };

  static override styles = css`
    :host {
      display: block;
      position: relative;
      min-width: 0;
    }
    .frame {
      position: absolute;
      inset: 0;
    }
    canvas {
      display: block;
      outline-offset: -1px;
      touch-action: pan-y;
      cursor: crosshair;
    }
    canvas:focus-visible {
      outline: 1px solid var(--vscode-focusBorder);
    }
    .sheet {
      position: absolute;
      top: 0;
      left: 0;
      pointer-events: none;
    }
  `;

  lines: readonly Line[] = [];
  verticals: readonly Vertical[] = [];
  dots: readonly Dot[] = [];
  cursor: number | null = null;
  span: Span = { from: 0, to: 1 };
  limits: Span = { from: 0, to: 1 };
  yRange: Span | null = null;
  theme: Theme = readTheme();
  isLogarithmic = false;
  isClock = false;
  startsAtZero = false;
  isSmall = false;
  formatX: (value: number) => string = String;
  formatY: (value: number) => string = String;
  label = '';
  /** The rectangle that is being drawn with the pointer. */
  selection: Selection | null = null;

  /**
   * Pixel columns beside the axis: how many points are worth asking for, whether or not a label at the other end takes
   * some of them. Undefined until it is drawn.
   */
  columns: number | undefined;

  private chart: Chart<'line', LineData> | undefined;
  private gestures: Gestures | undefined;
  /** What is on the three canvases. */
  private drawnFrame: Parts = [];
  private drawnCurves: readonly Line[] = [];
  private drawnOverlay: Parts = [];

  /** Place of a value of the x-axis in pixels of this element, for a tooltip. */
  pixelOf(x: number): number {
    return this.chart?.scales.x?.getPixelForValue(x) ?? 0;
  }

  /** The picture as PNG data URL, on the theme's background. */
  toPng(): string {
    const { canvas } = this.chart ?? {};
    const copy = document.createElement('canvas');
    const context = copy.getContext('2d');
    if (canvas === undefined || context === null) return '';
    copy.width = canvas.width;
    copy.height = canvas.height;
    context.fillStyle = this.theme.background;
    context.fillRect(0, 0, copy.width, copy.height);
    for (const sheet of this.renderRoot.querySelectorAll('canvas')) context.drawImage(sheet, 0, 0);
    return copy.toDataURL('image/png');
  }

  override render(): TemplateResult {
    return html`<div class="frame">
      <canvas tabindex="0" role="img" aria-label=${this.label}></canvas>
      <canvas class="sheet curves" aria-hidden="true"></canvas>
      <canvas class="sheet overlay" aria-hidden="true"></canvas>
    </div>`;
  }

  override updated(): void {
    const extent = this.extent();
    const frame = frameParts(this, extent);
    const isSame = areSame(frame, this.drawnFrame);
    this.drawnFrame = frame;
    const { chart } = this;
    if (chart === undefined) {
      this.chart = this.makeChart(extent);
    } else if (isSame) {
      const { left, right } = chart.chartArea;
      this.drawCurves(chart, changedFrom(this.drawnCurves, this.lines, right - left));
      this.drawOverlay(chart);
    } else {
      chart.options = frameOptions(this);
      chart.data.datasets = [datasetOf(extent, this.span)];
      chart.update('none');
    }
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.gestures?.dispose();
    this.chart?.destroy();
    this.chart = undefined;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.requestUpdate();
  }

  private makeChart(extent: Extent | undefined): Chart<'line', LineData> | undefined {
    const canvas = this.canvas('canvas');
    if (canvas === undefined) return undefined;
    this.gestures?.dispose();
    this.gestures = new Gestures(canvas, {
      chart: () => this.chart,
      span: () => this.span,
      limits: () => this.limits,
      takesWheel: () => !this.isSmall,
      moveCursor: (x) => this.tell('chart-cursor', x),
      select: (selection) => {
        this.selection = selection;
        if (this.chart !== undefined) this.drawOverlay(this.chart);
      },
      zoomTo: (x, y) => this.tell('chart-zoom', { x, y }),
      reset: () => this.tell('chart-reset', null),
    });
    return new Chart<'line', LineData>(canvas, {
      type: 'line',
      data: { datasets: [datasetOf(extent, this.span)] },
      options: frameOptions(this),
      plugins: [{ id: 'sheets', afterDraw: (drawn) => this.drawAll(drawn) }],
    });
  }

  /** The axes are drawn anew, also because the canvas has another size: so is all over them. */
  private drawAll(chart: Chart): void {
    this.drawnOverlay = [];
    this.drawCurves(chart, -Infinity);
    this.drawOverlay(chart);
    const columns = Math.max(1, Math.round(chart.width) - Y_AXIS_WIDTH);
    if (columns === this.columns) return;
    this.columns = columns;
    this.tell('chart-columns', columns);
  }

  private drawCurves(chart: Chart, from: number): void {
    const sheet = this.canvas('.curves');
    if (sheet !== undefined && from !== Infinity) drawCurves(sheet, chart, this.lines, from);
    this.drawnCurves = this.lines;
  }

  private drawOverlay(chart: Chart): void {
    const sheet = this.canvas('.overlay');
    const parts = overlayParts(this);
    if (sheet !== undefined && !areSame(parts, this.drawnOverlay)) drawOverlay(sheet, chart, this);
    this.drawnOverlay = parts;
  }

  private extent(): Extent | undefined {
    const extent = extentOf(this.lines, this.span, this.isLogarithmic);
    if (extent === undefined || !this.startsAtZero || this.isLogarithmic) return extent;
    return { ...extent, least: Math.min(0, extent.least) };
  }

  private tell(type: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));
  }

  private canvas(selector: string): HTMLCanvasElement | undefined {
    return this.renderRoot.querySelector<HTMLCanvasElement>(selector) ?? undefined;
  }
}

/** What Chart.js lays out its axes by: two points that are not drawn, for the curves are drawn over it. */
function datasetOf(extent: Extent | undefined, span: Span): ChartDataset<'line', LineData> {
  const data = extent === undefined ? [] : [{ x: span.from, y: extent.least }, { x: span.to, y: extent.greatest }]; // prettier-ignore
  return { data, showLine: false, pointRadius: 0, pointHitRadius: 0 };
}

customElements.define('mora-curve-chart', CurveChart);
