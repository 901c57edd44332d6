import { svg, type SVGTemplateResult } from 'lit';

interface Trend {
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
}

/** The path of a curve scaled into a box; a NaN lifts the pen. Empty without two points. */
function trendPath({ x, y }: Trend, width: number, height: number): string {
  const numbers = Array.from(y).filter((value) => Number.isFinite(value));
  if (numbers.length < 2) return '';
  const least = Math.min(...numbers);
  const spread = Math.max(...numbers) - least;
  const from = x[0] ?? 0;
  const length = (x[x.length - 1] ?? 0) - from || 1;
  let path = '';
  let penIsDown = false;
  for (let index = 0; index < x.length; index++) {
    const value = y[index] ?? NaN;
    if (!Number.isFinite(value)) {
      penIsDown = false;
      continue;
    }
    const left = (((x[index] ?? 0) - from) / length) * width;
    // A constant runs through the middle.
    const top = spread === 0 ? height / 2 : (1 - (value - least) / spread) * height;
    path += `${penIsDown ? 'L' : 'M'}${left.toFixed(1)} ${top.toFixed(1)}`;
    penIsDown = true;
  }
  return path;
}

/** A curve the size of a word. It says nothing that the figures beside it do not, so screen readers pass it by. */
export function sparkline(trend: Trend, width = 72, height = 20): SVGTemplateResult {
  return svg`<svg class="sparkline" width=${width} height=${height + 2} viewBox="0 -1 ${width} ${height + 2}" aria-hidden="true">
    <path d=${trendPath(trend, width, height)} fill="none" stroke="currentColor" stroke-width="1.25" stroke-linejoin="round" />
  </svg>`;
}
