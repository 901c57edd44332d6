import { isDense, type Line } from './lines';
import type { Plot } from './plot';

/** As far as a line, its corners and its dots reach beyond their points, in pixels. */
export const REACH = 4;
const DOT_RADIUS = 2.5;

/** What of a line lies in a strip: its points from index `first` to `last`, and one more on either side. */
interface Part {
  readonly line: Line;
  readonly first: number;
  readonly last: number;
}

/** A strip of a chart, in its pixels; its edges lie between pixels of the screen. */
export interface Strip {
  readonly left: number;
  readonly right: number;
}

/** Draws what of the lines lies in a strip. */
export function drawStrip(ctx: CanvasRenderingContext2D, lines: readonly Line[], plot: Plot, strip: Strip): void {
  const { area, ratio } = plot;
  const [from, to] = [plot.placeAt(strip.left - REACH), plot.placeAt(strip.right + REACH)];
  const parts = lines.map((line) => partOf(line, from, to));
  ctx.save();
  // Without a graphics card an edge within a pixel makes all that is drawn several times as slow.
  const [above, below] = [Math.floor((area.top - 1) * ratio) / ratio, Math.ceil((area.bottom + 1) * ratio) / ratio];
  clip(ctx, Math.max(strip.left, area.left), above, Math.min(strip.right, area.right), below);
  for (const part of parts) {
    const { line } = part;
    if (line.fill !== undefined) fillBelow(ctx, part, plot);
    // Where points are closer than pixels nobody sees a corner, and a round one costs more than its line.
    ctx.lineJoin = isDense(line, area.right - area.left) ? 'bevel' : 'round';
    ctx.strokeStyle = line.color;
    ctx.lineWidth = line.width;
    ctx.setLineDash([...(line.dash ?? [])]);
    // Dashes go on from strip to strip.
    if (line.dash !== undefined) ctx.lineDashOffset = lengthUntil(part, plot);
    strokeLine(ctx, part, plot);
  }
  ctx.restore();
  const dotted = parts.filter(({ line }) => line.dots === true);
  if (dotted.length === 0) return;
  ctx.save();
  // Whole also at the edges of the area, where the first and the last are.
  clip(ctx, strip.left, 0, strip.right, area.bottom + REACH);
  for (const part of dotted) drawDots(ctx, part, plot);
  ctx.restore();
}

function clip(ctx: CanvasRenderingContext2D, left: number, top: number, right: number, bottom: number): void {
  ctx.beginPath();
  ctx.rect(left, top, Math.max(0, right - left), bottom - top);
  ctx.clip();
}

function partOf(line: Line, from: number, to: number): Part {
  const { x } = line.points;
  return { line, first: Math.max(0, firstFrom(x, from) - 1), last: Math.min(x.length - 1, firstFrom(x, to)) };
}

/** Index of the first place from `from` on. */
function firstFrom(x: ArrayLike<number>, from: number): number {
  let [low, high] = [0, x.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((x[middle] ?? NaN) < from) low = middle + 1;
    else high = middle;
  }
  return low;
}

function strokeLine(ctx: CanvasRenderingContext2D, { line, first, last }: Part, { left, top }: Plot): void {
  const { x, y } = line.points;
  ctx.beginPath();
  let penIsDown = false;
  for (let index = first; index <= last; index++) {
    const [px, py] = [left(x[index] ?? NaN), top(y[index] ?? NaN)];
    // What is not a number is a gap.
    const isPoint = Number.isFinite(px) && Number.isFinite(py);
    if (isPoint && penIsDown) ctx.lineTo(px, py);
    else if (isPoint) ctx.moveTo(px, py);
    penIsDown = isPoint;
  }
  ctx.stroke();
}

/** Pixels along the line up to where its part begins. */
function lengthUntil({ line, first }: Part, { left, top }: Plot): number {
  const { x, y } = line.points;
  let length = 0;
  for (let index = 1; index <= first; index++) {
    const [px, py] = [left(x[index] ?? NaN), top(y[index] ?? NaN)];
    const step = Math.hypot(px - left(x[index - 1] ?? NaN), py - top(y[index - 1] ?? NaN));
    if (Number.isFinite(step)) length += step;
  }
  return length;
}

/** Fills from the curve down to the axis. */
function fillBelow(ctx: CanvasRenderingContext2D, { line, first, last }: Part, { area, left, top }: Plot): void {
  const { x, y } = line.points;
  ctx.beginPath();
  let end: number | undefined;
  for (let index = first; index <= last + 1; index++) {
    const [px, py] = index > last ? [NaN, NaN] : [left(x[index] ?? NaN), top(y[index] ?? NaN)];
    const isPoint = Number.isFinite(px) && Number.isFinite(py);
    if (end === undefined && isPoint) ctx.moveTo(px, area.bottom);
    if (end !== undefined && !isPoint) ctx.lineTo(end, area.bottom);
    if (isPoint) ctx.lineTo(px, py);
    end = isPoint ? px : undefined;
  }
  ctx.fillStyle = line.fill ?? 'transparent';
  ctx.fill();
}

function drawDots(ctx: CanvasRenderingContext2D, { line, first, last }: Part, { area, left, top }: Plot): void {
  const { x, y } = line.points;
  ctx.fillStyle = line.color;
  for (let index = first; index <= last; index++) {
    const [px, py] = [left(x[index] ?? NaN), top(y[index] ?? NaN)];
    if (!(px >= area.left - 0.5 && px <= area.right + 0.5 && py >= area.top && py <= area.bottom)) continue;
    ctx.beginPath();
    ctx.arc(px, py, DOT_RADIUS, 0, 2 * Math.PI);
    ctx.fill();
  }
}
