import type { Chart, ChartArea, Plugin, Scale } from 'chart.js';
import type { Line } from './lines';

const DOT_RADIUS = 2.5;
/**
 * Points of one stroke where they are closer than pixels. Without a graphics card the time to fill the outline of a
 * stroke grows faster than its length: in such pieces 2,300 points, 2 px wide, take half of the time.
 */
const DENSE_STROKE = 32;

/** What is drawn; the chart's element changes it before it updates the chart. */
export interface Curves {
  lines: readonly Line[];
}

/**
 * Draws the curves into the frame that Chart.js lays out. Chart.js itself would make an object of every point at every
 * update, of tens of thousands where four long runs are shown.
 */
export function curvesPlugin(curves: Curves): Plugin<'line'> {
  return { id: 'curves', beforeDatasetsDraw: (chart) => drawCurves(chart, curves.lines) };
}

function drawCurves({ ctx, chartArea: area, scales }: Chart, lines: readonly Line[]): void {
  const { x, y } = scales;
  if (x === undefined || y === undefined) return;
  const [left, top] = [pixels(x, area.left, area.right), pixels(y, area.bottom, area.top)];
  ctx.save();
  ctx.beginPath();
  ctx.rect(area.left, area.top - 1, area.right - area.left, area.bottom - area.top + 2);
  ctx.clip();
  const width = area.right - area.left;
  for (const line of lines) {
    // Where points are closer than pixels nobody sees a corner, and a round one costs more than its line.
    const isDense = line.points.x.length > width;
    ctx.lineJoin = isDense ? 'bevel' : 'round';
    ctx.strokeStyle = line.color;
    ctx.lineWidth = line.width;
    ctx.setLineDash([...(line.dash ?? [])]);
    if (line.fill !== undefined) fillBelow(ctx, line, left, top, area.bottom);
    // Lines of one pixel have no outline to fill, and dashes go on from piece to piece.
    const isInPieces = isDense && line.width > 1 && line.dash === undefined;
    strokeLine(ctx, line, left, top, isInPieces ? DENSE_STROKE : Infinity);
  }
  ctx.restore();
  // Whole also at the edges, where the first and the last are.
  for (const line of lines) if (line.dots === true) drawDots(ctx, line, left, top, area);
}

type ToPixel = (value: number) => number;

/** As getPixelForValue of the scale, without asking it for every point. NaN for what has no place on a logarithmic one. */
function pixels({ type, min, max }: Scale, first: number, last: number): ToPixel {
  const isLogarithmic = type === 'logarithmic';
  const at = (value: number): number => (isLogarithmic ? Math.log10(value) : value);
  const [from, to] = [at(min), at(max)];
  const step = to === from ? 0 : (last - first) / (to - from);
  return isLogarithmic
    ? (value) => (value > 0 ? first + (Math.log10(value) - from) * step : NaN)
    : (value) => first + (value - from) * step;
}

function strokeLine(
  ctx: CanvasRenderingContext2D,
  { points: { x, y } }: Line,
  left: ToPixel,
  top: ToPixel,
  piece: number,
): void {
  ctx.beginPath();
  let penIsDown = false;
  let drawn = 0;
  for (let index = 0; index < x.length; index++) {
    const [px, py] = [left(x[index] ?? NaN), top(y[index] ?? NaN)];
    // What is not a number is a gap.
    const isPoint = Number.isFinite(px) && Number.isFinite(py);
    if (isPoint && penIsDown) ctx.lineTo(px, py);
    else if (isPoint) ctx.moveTo(px, py);
    penIsDown = isPoint;
    drawn++;
    if (isPoint && drawn >= piece) {
      ctx.stroke();
      ctx.beginPath();
      ctx.moveTo(px, py);
      drawn = 0;
    }
  }
  ctx.stroke();
}

/** Fills from the curve down to `floor`. */
function fillBelow(ctx: CanvasRenderingContext2D, line: Line, left: ToPixel, top: ToPixel, floor: number): void {
  const { x, y } = line.points;
  ctx.beginPath();
  let last: number | undefined;
  for (let index = 0; index <= x.length; index++) {
    const [px, py] = [left(x[index] ?? NaN), top(y[index] ?? NaN)];
    const isPoint = Number.isFinite(px) && Number.isFinite(py);
    if (last === undefined && isPoint) ctx.moveTo(px, floor);
    if (last !== undefined && !isPoint) ctx.lineTo(last, floor);
    if (isPoint) ctx.lineTo(px, py);
    last = isPoint ? px : undefined;
  }
  ctx.fillStyle = line.fill ?? 'transparent';
  ctx.fill();
}

function drawDots(ctx: CanvasRenderingContext2D, line: Line, left: ToPixel, top: ToPixel, area: ChartArea): void {
  const { x, y } = line.points;
  ctx.fillStyle = line.color;
  for (let index = 0; index < x.length; index++) {
    const [px, py] = [left(x[index] ?? NaN), top(y[index] ?? NaN)];
    if (!(px >= area.left - 0.5 && px <= area.right + 0.5 && py >= area.top && py <= area.bottom)) continue;
    ctx.beginPath();
    ctx.arc(px, py, DOT_RADIUS, 0, 2 * Math.PI);
    ctx.fill();
  }
}
