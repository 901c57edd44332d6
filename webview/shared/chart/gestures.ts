import type { Chart } from 'chart.js';
import type { Selection } from './overlay';
import { panned, zoomed, type Span } from './viewport';

/** Below this the pointer was clicked, not drawn; a box flatter than this zooms along one axis. */
const SHORTEST_DRAG = 6;
/** One notch of a wheel, about 100 px, changes the width by a quarter. */
const WHEEL_RATE = 0.0022;

export interface GestureTarget {
  readonly chart: () => Chart | undefined;
  readonly span: () => Span;
  readonly limits: () => Span;
  /** Whether the wheel alone zooms; elsewhere it needs Ctrl, so that the page still scrolls over small charts. */
  readonly takesWheel: () => boolean;
  readonly moveCursor: (x: number | null) => void;
  readonly select: (selection: Selection | null) => void;
  readonly zoomTo: (x: Span, y: Span | null) => void;
  readonly reset: () => void;
}

interface Drag {
  readonly kind: 'box' | 'pan';
  readonly x: number;
  readonly y: number;
  readonly span: Span;
}

/** Wheel to zoom, drag for a box, Shift or the middle button to pan, double click to reset; arrows for the keyboard. */
export class Gestures {
  private drag: Drag | undefined;
  private readonly abort = new AbortController();

  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly target: GestureTarget,
  ) {
    const { signal } = this.abort;
    canvas.addEventListener('pointerdown', (event) => this.begin(event), { signal });
    canvas.addEventListener('pointermove', (event) => this.move(event), { signal });
    canvas.addEventListener('pointerup', (event) => this.end(event), { signal });
    canvas.addEventListener('pointercancel', () => this.cancel(), { signal });
    canvas.addEventListener('pointerleave', () => this.target.moveCursor(null), { signal });
    canvas.addEventListener('dblclick', () => this.target.reset(), { signal });
    canvas.addEventListener('wheel', (event) => this.wheel(event), { signal, passive: false });
    canvas.addEventListener('keydown', (event) => this.key(event), { signal });
    canvas.addEventListener('blur', () => this.target.moveCursor(null), { signal });
  }

  dispose(): void {
    this.abort.abort();
  }

  private begin(event: PointerEvent): void {
    if (event.button > 1) return;
    if (event.button === 1) event.preventDefault(); // no autoscroll
    const kind = event.shiftKey || event.button === 1 ? 'pan' : 'box';
    this.drag = { kind, x: event.offsetX, y: event.offsetY, span: this.target.span() };
    this.canvas.setPointerCapture(event.pointerId);
  }

  private move(event: PointerEvent): void {
    const chart = this.target.chart();
    if (chart === undefined) return;
    const { drag } = this;
    this.target.moveCursor(drag?.kind === 'pan' ? null : (this.valueAt('x', event.offsetX) ?? null));
    if (drag?.kind === 'box') this.target.select(this.boxOf(chart, drag, event));
    if (drag?.kind === 'pan') {
      const { left, right } = chart.chartArea;
      const distance = ((drag.x - event.offsetX) / (right - left)) * (drag.span.to - drag.span.from);
      this.target.zoomTo(panned(drag.span, distance, this.target.limits()), null);
    }
  }

  private end(event: PointerEvent): void {
    const { drag } = this;
    const chart = this.target.chart();
    this.drag = undefined;
    this.target.select(null);
    if (drag?.kind !== 'box' || chart === undefined) return;
    const wide = Math.abs(event.offsetX - drag.x) >= SHORTEST_DRAG;
    const high = Math.abs(event.offsetY - drag.y) >= 3 * SHORTEST_DRAG;
    if (!wide && !high) return;
    const box = this.boxOf(chart, drag, event);
    const x = wide ? this.spanOf('x', box.left, box.right) : this.target.span();
    this.target.zoomTo(x, high ? this.spanOf('y', box.bottom, box.top) : null);
  }

  private cancel(): void {
    this.drag = undefined;
    this.target.select(null);
  }

  private wheel(event: WheelEvent): void {
    const zooms = this.target.takesWheel() || event.ctrlKey;
    const sideways = event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY);
    if (!zooms && !sideways) return;
    event.preventDefault();
    const span = this.target.span();
    const limits = this.target.limits();
    if (sideways) {
      const delta = (Math.abs(event.deltaX) > 0 ? event.deltaX : event.deltaY) * 0.001;
      this.target.zoomTo(panned(span, delta * (span.to - span.from), limits), null);
    } else {
      const center = this.valueAt('x', event.offsetX) ?? (span.from + span.to) / 2;
      this.target.zoomTo(zoomed(span, Math.exp(event.deltaY * WHEEL_RATE), center, limits), null);
    }
  }

  private key(event: KeyboardEvent): void {
    const span = this.target.span();
    const limits = this.target.limits();
    const width = span.to - span.from;
    const center = (span.from + span.to) / 2;
    switch (event.key) {
      case 'ArrowLeft':
      case 'ArrowRight': {
        const sign = event.key === 'ArrowLeft' ? -1 : 1;
        this.target.zoomTo(panned(span, sign * 0.1 * width, limits), null);
        break;
      }
      case '+':
      case '=':
        this.target.zoomTo(zoomed(span, 0.8, center, limits), null);
        break;
      case '-':
        this.target.zoomTo(zoomed(span, 1.25, center, limits), null);
        break;
      case '0':
      case 'Escape':
        this.target.reset();
        break;
      default:
        return;
    }
    event.preventDefault();
  }

  /** The box from where the drag began to the pointer; a flat one takes the whole height, a slim one the whole width. */
  private boxOf({ chartArea: area }: Chart, drag: Drag, event: PointerEvent): Selection {
    const wide = Math.abs(event.offsetX - drag.x) >= SHORTEST_DRAG;
    const high = Math.abs(event.offsetY - drag.y) >= 3 * SHORTEST_DRAG;
    const clampX = (x: number): number => Math.min(Math.max(x, area.left), area.right);
    const clampY = (y: number): number => Math.min(Math.max(y, area.top), area.bottom);
    return {
      left: wide ? clampX(Math.min(drag.x, event.offsetX)) : area.left,
      right: wide ? clampX(Math.max(drag.x, event.offsetX)) : high ? area.right : area.left,
      top: high ? clampY(Math.min(drag.y, event.offsetY)) : area.top,
      bottom: high ? clampY(Math.max(drag.y, event.offsetY)) : area.bottom,
    };
  }

  private spanOf(axis: 'x' | 'y', low: number, high: number): Span {
    return { from: this.valueAt(axis, low) ?? 0, to: this.valueAt(axis, high) ?? 1 };
  }

  private valueAt(axis: 'x' | 'y', pixel: number): number | undefined {
    return this.target.chart()?.scales[axis]?.getValueForPixel(pixel);
  }
}
