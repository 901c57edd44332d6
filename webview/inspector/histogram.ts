import * as l10n from '@vscode/l10n';
import { html, nothing, svg, type TemplateResult } from 'lit';
import type { TensorStatistics } from '../../src/engine/rpc/contents';
import { formatCount, formatShare, formatValue } from '../shared/format';

export interface HistogramLook {
  readonly showsMagnitudes: boolean;
  readonly isLogarithmic: boolean;
  readonly showsTable: boolean;
}

interface Bar {
  /** Its ends: "−0.021" and "−0.018", or "2⁻⁷" and "2⁻⁶". */
  readonly from: string;
  readonly to: string;
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
  return html`<section class="histogram" aria-label=${l10n.t('Histogram')}>
    <div class="row">
      <h3>${look.showsMagnitudes ? l10n.t('Magnitudes') : l10n.t('Histogram')}</h3>
      <span class="spread"></span>
      ${toggle('showsMagnitudes', l10n.t('|x| by powers of two'), l10n.t('How many values lie between one power of two and the next'))}
      ${toggle('isLogarithmic', l10n.t('Log'), l10n.t('Counts on a logarithmic scale'))}
      ${toggle('showsTable', l10n.t('Table'), l10n.t('The same figures as a table'))}
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
  const first = bars[0]?.from ?? '';
  const last = bars.at(-1)?.to ?? '';
  const base = HEIGHT - FLOOR;
  return html`<svg
    viewBox="0 0 ${WIDTH} ${HEIGHT}"
    role="img"
    aria-label=${l10n.t('Histogram of {0} intervals from {1} to {2}, the fullest with {3} values', bars.length, first, last, formatCount(most))}
  >
    ${bars.map((bar, index) => {
      const { count } = bar;
      const size = height(count);
      return svg`<g class="bar"><rect class="hit" x=${index * step} y="0" width=${step} height=${base}></rect>
        <rect x=${index * step + 0.5} y=${base - size} width=${Math.max(1, step - 1)} height=${size}></rect>
        <title>${intervalOf(bar)}: ${formatCount(count)}</title></g>`;
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
  return html`<div class="scrolled" tabindex="0" aria-label=${l10n.t('Histogram as a table')}>
    <table data-table>
      <thead>
        <tr>
          <th scope="col">${l10n.t('Interval')}</th>
          <th scope="col">${l10n.t('Values')}</th>
          <th scope="col">${l10n.t('Share')}</th>
        </tr>
      </thead>
      <tbody>
        ${bars.map(
          (bar) =>
            html`<tr>
              <td>${intervalOf(bar)}</td>
              <td>${formatCount(bar.count)}</td>
              <td>${formatShare(bar.count / total)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

function intervalOf({ from, to }: Bar): string {
  return l10n.t('{0} to {1}', from, to);
}

function valueBars({ histogram: counts, least, greatest }: TensorStatistics): Bar[] | undefined {
  if (counts === null || least === null || greatest === null) return undefined;
  const edge = (index: number): string =>
    formatValue(least.value + (greatest.value - least.value) * (index / counts.length), 3);
  if (least.value === greatest.value) return [{ from: edge(0), to: edge(0), count: counts[0] ?? 0 }];
  return counts.map((count, index) => ({ from: edge(index), to: edge(index + 1), count }));
}

function magnitudeBars({ magnitudes }: TensorStatistics): Bar[] | undefined {
  return magnitudes?.counts.map((count, index) => ({
    from: power(magnitudes.first + index),
    to: power(magnitudes.first + index + 1),
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
