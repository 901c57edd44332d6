import type { Chart } from 'chart.js';

/**
 * The context of a transparent canvas that lies over a chart, made as large as the chart and in its pixels, so that what
 * changes often is drawn without what changes seldom. Undefined while the chart has no size.
 */
export function fittedSheet(
  sheet: HTMLCanvasElement,
  { canvas, currentDevicePixelRatio: ratio }: Chart,
): CanvasRenderingContext2D | undefined {
  const context = sheet.getContext('2d');
  if (context === null || canvas.width === 0 || canvas.height === 0) return undefined;
  if (sheet.width !== canvas.width || sheet.height !== canvas.height) {
    [sheet.width, sheet.height] = [canvas.width, canvas.height];
    [sheet.style.width, sheet.style.height] = [canvas.style.width, canvas.style.height];
  }
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  return context;
}
