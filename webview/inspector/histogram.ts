import { html, nothing, svg, type TemplateResult } from 'lit';
import type { TensorStatistics } from '../../src/engine/rpc/contents';
import { formatCount, formatShare, formatValue } from '../shared/format';

export interface HistogramLook {
  readonly showsMagnitudes: boolean;
  readonly isLogarithmic: boolean;
  readonly showsTable: boolean;
}

interface Bar {
  /** "−0.021 to −0.018" or "2⁻⁷ to 2⁻⁶". */
  readonly interval: string;
  readonly count: number;
}

const WIDTH = 640;
const HEIGHT = 150;
const FLOOR = 18;

/** The histogram of what was read, with its table behind it; nothing where no value is finite. */
export function histogram(
  statistics: TensorStatistics,
  look: HistogramLook,
  change: (change: Partial<HistogramLook>) => void,
): TemplateResult | typeof nothing {
  const bars = look.showsMagnitudes ? magnitudeBars(statistics) : valueBars(statistics);
  if (bars === undefined) return nothing;
  const toggle = (name: keyof HistogramLook, title: string, hint: string): TemplateResult =>
    html`<button
      class="toggle"
      data-toggle=${name}
      aria-pressed=${look[name]}
      title=${hint}
      @click=${() => change({ [name]: !look[name] })}
    >
      ${title}
    </button>`;
  return html`<section class="histogram" aria-label="Histogram">
    <div class="row">
      <h3>${look.showsMagnitudes ? 'Magnitudes' : 'Histogram'}</h3>
      <span class="spread"></span>
      ${toggle('showsMagnitudes', '|x| by powers of two', 'How many values lie between one power of two and the next')}
      ${toggle('isLogarithmic', 'Log', 'Counts on a logarithmic scale')}
      ${toggle('showsTable', 'Table', 'The same figures as a table')}
    </div>
    ${picture(bars, statistics, look)} ${look.showsTable ? table(bars) : nothing}
  </section>`;
}

function picture(bars: readonly Bar[], { least, greatest }: TensorStatistics, look: HistogramLook): TemplateResult {
  const most = bars.reduce((a, { count }) => Math.max(a, count), 0);
  const height = (count: number): number => {
    if (count === 0 || most === 0) return 0;
    const share = look.isLogarithmic ? Math.log1p(count) / Math.log1p(most) : count / most;
    return Math.max(1, share * (HEIGHT - FLOOR - 4));
  };
  const step = WIDTH / bars.length;
  const zero = look.showsMagnitudes ? undefined : zeroAt(least?.value ?? 0, greatest?.value ?? 0);
  const first = bars[0]?.interval.split(' to ')[0] ?? '';
  const last = bars.at(-1)?.interval.split(' to ')[1] ?? '';
  const base = HEIGHT - FLOOR;
  return html`<svg
    viewBox="0 0 ${WIDTH} ${HEIGHT}"
    role="img"
    aria-label="Histogram of ${bars.length} intervals from ${first} to ${last}, the fullest with ${formatCount(most)} values"
  >
    ${bars.map(({ interval, count }, index) => {
      const size = height(count);
      return svg`<g class="bar"><rect class="hit" x=${index * step} y="0" width=${step} height=${base}></rect>
        <rect x=${index * step + 0.5} y=${base - size} width=${Math.max(1, step - 1)} height=${size}></rect>
        <title>${interval}: ${formatCount(count)}</title></g>`;
    })}
    <line class="axis" x1="0" x2=${WIDTH} y1=${base} y2=${base}></line>
    ${
      zero === undefined
        ? nothing
        : svg`<line class="zero" x1=${zero * WIDTH} x2=${zero * WIDTH} y1="0" y2=${base}></line>
          ${zero > 0.12 && zero < 0.88 ? svg`<text x=${zero * WIDTH} y=${HEIGHT - 4} text-anchor="middle">0</text>` : nothing}`
    }
    <text x="0" y=${HEIGHT - 4}>${first}</text>
    <text x=${WIDTH} y=${HEIGHT - 4} text-anchor="end">${last}</text>
  </svg>`;
}

function table(bars: readonly Bar[]): TemplateResult {
  const total = bars.reduce((sum, { count }) => sum + count, 0);
  return html`<div class="scrolled" tabindex="0" aria-label="Histogram as a table">
    <table data-table>
      <thead>
        <tr>
          <th scope="col">Interval</th>
          <th scope="col">Values</th>
          <th scope="col">Share</th>
        </tr>
      </thead>
      <tbody>
        ${bars.map(
          ({ interval, count }) =>
            html`<tr>
              <td>${interval}</td>
              <td>${formatCount(count)}</td>
              <td>${formatShare(count / total)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

function valueBars({ histogram: counts, least, greatest }: TensorStatistics): Bar[] | undefined {
  if (counts === null || least === null || greatest === null) return undefined;
  const edge = (index: number): string =>
    formatValue(least.value + (greatest.value - least.value) * (index / counts.length), 3);
  if (least.value === greatest.value) return [{ interval: `${edge(0)} to ${edge(0)}`, count: counts[0] ?? 0 }];
  return counts.map((count, index) => ({ interval: `${edge(index)} to ${edge(index + 1)}`, count }));
}

function magnitudeBars({ magnitudes }: TensorStatistics): Bar[] | undefined {
  return magnitudes?.counts.map((count, index) => ({
    interval: `${power(magnitudes.first + index)} to ${power(magnitudes.first + index + 1)}`,
    count,
  }));
}

const RAISED: Readonly<Record<string, string>> = {
  '-': '⁻',
  '0': '⁰',
  '1': '¹',
  '2': '²',
  '3': '³',
  '4': '⁴',
  '5': '⁵',
  '6': '⁶',
  '7': '⁷',
  '8': '⁸',
  '9': '⁹',
};

/** "2⁻⁷". */
function power(exponent: number): string {
  return `2${String(exponent).replace(/./g, (digit) => RAISED[digit] ?? digit)}`;
}

/** Where zero lies between the extremes, as a share of the width. */
function zeroAt(least: number, greatest: number): number | undefined {
  return least < 0 && greatest > 0 ? -least / (greatest - least) : undefined;
}
