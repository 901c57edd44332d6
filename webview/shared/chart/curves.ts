import type { Chart } from 'chart.js';
import { drawStrip, REACH } from './curveStrip';
import type { Line } from './lines';
import { plotOf } from './plot';
import { fittedSheet } from './sheet';

/**
 * Curves are drawn in strips of so many pixels, each for itself: of one that changed at its end only the last are drawn,
 * and it looks as if it had been drawn whole. Without a graphics card the time to fill the outline of a stroke also grows
 * faster than its length: in short pieces 2,300 points, 2 px wide, take half of the time.
 */
const STRIP = 64;

/**
 * Draws the curves over the frame that Chart.js laid out, from a place of the x-axis on. Chart.js itself would make an
 * object of every point at every update, of tens of thousands where four long runs are shown.
 */
export function drawCurves(sheet: HTMLCanvasElement, chart: Chart, lines: readonly Line[], from = -Infinity): void {
  const ctx = fittedSheet(sheet, chart);
  const plot = plotOf(chart);
  if (ctx === undefined || plot === undefined) return;
  const { ratio } = plot;
  // A strip ends between two pixels of the screen, so that none is drawn by two of them.
  const width = Math.ceil(STRIP * ratio);
  const first = from === -Infinity ? 0 : Math.max(0, Math.floor(((plot.left(from) - REACH) * ratio) / width));
  for (let start = first * width; start < sheet.width; start += width) {
    const strip = { left: start / ratio, right: (start + width) / ratio };
    ctx.clearRect(strip.left, 0, strip.right - strip.left, chart.height);
    drawStrip(ctx, lines, plot, strip);
  }
}
