import { Chart, type ChartDataset } from 'chart.js';
import { css, html, LitElement, type PropertyValues, type TemplateResult } from 'lit';
import { readTheme, type Theme } from '../theme';
import { frameOptions } from './frame';
import { Gestures } from './gestures';
import { curvesPlugin, type Curves } from './curvesPlugin';
import { extentOf, type Dot, type Line, type Vertical } from './lines';
import { overlayPlugin, type Overlay } from './overlayPlugin';
import type { Span } from './viewport';

type LineData = { x: number; y: number }[];

/** The pointer is at a place of the x-axis, or has left. */
export type CursorEvent = CustomEvent<number | null>;
export type ZoomEvent = CustomEvent<{ readonly x: Span; readonly y: Span | null }>;

/**
 * Curves over one x-axis: <mora-curve-chart>. It shows what it is given and tells what the pointer wants
 * (`chart-cursor`, `chart-zoom`, `chart-reset`); who owns it decides.
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

  private chart: Chart<'line', LineData> | undefined;
  private gestures: Gestures | undefined;
  private readonly curves: Curves = { lines: [] };
  private readonly overlay: Overlay = { theme: this.theme, cursor: null, dots: [], verticals: [], selection: null };

  /** Pixel columns between the axes: how many points are worth asking for. */
  get columns(): number {
    const area = this.chart?.chartArea;
    return Math.max(1, Math.round(area === undefined ? this.clientWidth : area.right - area.left));
  }

  /** Place of a value of the x-axis in pixels of this element, for a tooltip. */
  pixelOf(x: number): number {
    return this.chart?.scales.x?.getPixelForValue(x) ?? 0;
  }

  /** The picture as PNG data URL, on the theme's background. */
  toPng(): string {
    const canvas = this.canvas();
    const copy = document.createElement('canvas');
    const context = copy.getContext('2d');
    if (canvas === undefined || context === null) return '';
    copy.width = canvas.width;
    copy.height = canvas.height;
    context.fillStyle = this.theme.background;
    context.fillRect(0, 0, copy.width, copy.height);
    context.drawImage(canvas, 0, 0);
    return copy.toDataURL('image/png');
  }

  override render(): TemplateResult {
    return html`<div class="frame"><canvas tabindex="0" role="img" aria-label=${this.label}></canvas></div>`;
  }

  override updated(changed: PropertyValues<this>): void {
    this.curves.lines = this.lines;
    Object.assign(this.overlay, {
      theme: this.theme,
      cursor: this.cursor,
      dots: this.dots,
      verticals: this.verticals,
    });
    const isNew = this.chart === undefined;
    const chart = (this.chart ??= this.makeChart());
    if (chart === undefined) return;
    const onlyOverlay = [...changed.keys()].every((name) => name === 'cursor' || name === 'dots' || name === 'label');
    if (onlyOverlay && !isNew) {
      chart.draw();
      return;
    }
    chart.options = frameOptions(this);
    this.curves.lines = this.lines;
    chart.data.datasets = [this.extent()];
    chart.update('none');
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

  private makeChart(): Chart<'line', LineData> | undefined {
    const canvas = this.canvas();
    if (canvas === undefined) return undefined;
    this.gestures?.dispose();
    this.gestures = new Gestures(canvas, {
      chart: () => this.chart,
      span: () => this.span,
      limits: () => this.limits,
      takesWheel: () => !this.isSmall,
      moveCursor: (x) => this.tell('chart-cursor', x),
      select: (selection) => {
        this.overlay.selection = selection;
        this.chart?.draw();
      },
      zoomTo: (x, y) => this.tell('chart-zoom', { x, y }),
      reset: () => this.tell('chart-reset', null),
    });
    return new Chart<'line', LineData>(canvas, {
      type: 'line',
      data: { datasets: [this.extent()] },
      options: frameOptions(this),
      plugins: [curvesPlugin(this.curves), overlayPlugin(this.overlay)],
    });
  }

  /** What Chart.js lays out its axis by: two points that are not drawn, for the plugin draws the curves. */
  private extent(): ChartDataset<'line', LineData> {
    const { lines, span, isLogarithmic } = this;
    const extent = extentOf(lines, span, isLogarithmic);
    const data = extent === undefined ? [] : [{ x: span.from, y: extent.least }, { x: span.to, y: extent.greatest }]; // prettier-ignore
    return { data, showLine: false, pointRadius: 0, pointHitRadius: 0 };
  }

  private tell(type: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));
  }

  private canvas(): HTMLCanvasElement | undefined {
    return this.renderRoot.querySelector('canvas') ?? undefined;
  }
}

customElements.define('mora-curve-chart', CurveChart);
