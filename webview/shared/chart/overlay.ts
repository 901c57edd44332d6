import type { Chart, ChartArea } from 'chart.js';
import type { Theme } from '../theme';
import { translucent } from '../theme';
import type { Dot, Vertical } from './lines';
import type { Parts } from './parts';
import { fittedSheet } from './sheet';

/** A rectangle that is being drawn with the pointer, in pixels of the canvas. */
export interface Selection {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** What lies over the curves. */
export interface Overlay {
  readonly theme: Theme;
  readonly cursor: number | null;
  readonly dots: readonly Dot[];
  readonly verticals: readonly Vertical[];
  readonly selection: Selection | null;
}

const LABEL_FONT_SIZE = 11;

export function overlayParts({ theme, cursor, dots, verticals, selection }: Overlay): Parts {
  return [
    ...[theme, cursor, selection, dots.length],
    ...dots.flatMap(({ y, color }) => [y, color]),
    ...verticals.flatMap(({ x, label, color, mark }) => [x, label, color, mark]),
  ];
}

/** Draws verticals, the crosshair with its dots, and the zoom rectangle. */
export function drawOverlay(sheet: HTMLCanvasElement, chart: Chart, overlay: Overlay): void {
  const ctx = fittedSheet(sheet, chart);
  if (ctx === undefined) return;
  ctx.clearRect(0, 0, chart.width, chart.height);
  drawVerticals(ctx, chart, overlay);
  drawCursor(ctx, chart, overlay);
  drawSelection(ctx, overlay);
}

function drawVerticals(ctx: CanvasRenderingContext2D, chart: Chart, { verticals, theme }: Overlay): void {
  const { chartArea: area } = chart;
  ctx.save();
  ctx.font = `${LABEL_FONT_SIZE}px ${theme.font}`;
  let line = 0;
  for (const { x, label, color, mark } of verticals) {
    const left = placeOf(chart, x);
    if (left === undefined) continue;
    if (mark !== undefined) {
      drawMark(ctx, area, mark, left, color);
      continue;
    }
    ctx.strokeStyle = color;
    ctx.lineWidth = 1;
    ctx.setLineDash([3, 3]);
    ctx.beginPath();
    ctx.moveTo(left, area.top);
    ctx.lineTo(left, area.bottom);
    ctx.stroke();
    if (label === undefined) continue;
    // Labels one below the other: bounds often lie close together.
    const width = ctx.measureText(label).width;
    const fits = left + 6 + width <= area.right;
    const baseline = area.top + 11 + 16 * line++;
    const start = fits ? left + 6 : left - 6 - width;
    ctx.fillStyle = translucent(theme.background, 0.85);
    ctx.fillRect(start - 2, baseline - 10, width + 4, 14);
    ctx.fillStyle = color;
    ctx.fillText(label, start, baseline);
  }
  ctx.restore();
}

/** There may be many, and they must not outshine the curves. */
function drawMark(
  ctx: CanvasRenderingContext2D,
  area: ChartArea,
  mark: NonNullable<Vertical['mark']>,
  x: number,
  color: string,
): void {
  const { bottom, top } = area;
  ctx.fillStyle = color;
  ctx.strokeStyle = color;
  ctx.beginPath();
  switch (mark) {
    case 'triangle':
      ctx.moveTo(x - 3.5, bottom);
      ctx.lineTo(x + 3.5, bottom);
      ctx.lineTo(x, bottom - 6);
      ctx.fill();
      break;
    case 'diamond':
      // Above the triangle of a checkpoint, which is often at the same step.
      ctx.moveTo(x, bottom - 16);
      ctx.lineTo(x + 4, bottom - 12);
      ctx.lineTo(x, bottom - 8);
      ctx.lineTo(x - 4, bottom - 12);
      ctx.fill();
      break;
    case 'hairline':
      ctx.lineWidth = 1;
      ctx.setLineDash([1, 3]);
      ctx.moveTo(Math.round(x) + 0.5, top);
      ctx.lineTo(Math.round(x) + 0.5, bottom);
      ctx.stroke();
      break;
  }
}

function drawCursor(ctx: CanvasRenderingContext2D, chart: Chart, { cursor, dots, theme }: Overlay): void {
  const left = cursor === null ? undefined : placeOf(chart, cursor);
  if (left === undefined) return;
  const { chartArea: area, scales } = chart;
  ctx.save();
  ctx.strokeStyle = theme.cursor;
  ctx.lineWidth = 1;
  ctx.beginPath();
  ctx.moveTo(Math.round(left) + 0.5, area.top);
  ctx.lineTo(Math.round(left) + 0.5, area.bottom);
  ctx.stroke();
  for (const { y, color } of dots) {
    const top = scales.y?.getPixelForValue(y) ?? NaN;
    if (!(top >= area.top && top <= area.bottom)) continue;
    ctx.beginPath();
    ctx.arc(left, top, 3.5, 0, 2 * Math.PI);
    ctx.fillStyle = color;
    ctx.fill();
    ctx.lineWidth = 1.5;
    ctx.strokeStyle = theme.background;
    ctx.stroke();
  }
  ctx.restore();
}

function drawSelection(ctx: CanvasRenderingContext2D, { selection, theme }: Overlay): void {
  if (selection === null) return;
  const { left, top, right, bottom } = selection;
  const accent = theme.series[0] ?? theme.foreground;
  ctx.save();
  ctx.fillStyle = translucent(accent, 0.14);
  ctx.strokeStyle = translucent(accent, 0.8);
  ctx.fillRect(left, top, right - left, bottom - top);
  ctx.strokeRect(left + 0.5, top + 0.5, right - left - 1, bottom - top - 1);
  ctx.restore();
}

/** Pixel of a place on the x-axis, undefined when it is out of the frame. */
function placeOf(chart: Chart, x: number): number | undefined {
  const { chartArea: area, scales } = chart;
  const left = scales.x?.getPixelForValue(x) ?? NaN;
  return left >= area.left - 0.5 && left <= area.right + 0.5 ? left : undefined;
}
