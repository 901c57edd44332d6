import type { Chart, ChartArea, Scale } from 'chart.js';

type ToPixel = (value: number) => number;

/** How places and values become pixels of a chart. */
export interface Plot {
  readonly area: ChartArea;
  /** Pixels of the screen in one of the chart's. */
  readonly ratio: number;
  readonly left: ToPixel;
  readonly top: ToPixel;
  /** The place at a pixel. */
  readonly placeAt: (pixel: number) => number;
}

/** Of a chart as it is laid out now; undefined before it is. */
export function plotOf({ chartArea: area, currentDevicePixelRatio: ratio, scales: { x, y } }: Chart): Plot | undefined {
  if (x === undefined || y === undefined) return undefined;
  return {
    area,
    ratio,
    left: pixels(x, area.left, area.right),
    top: pixels(y, area.bottom, area.top),
    placeAt: (pixel) => x.getValueForPixel(pixel) ?? NaN,
  };
}

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
