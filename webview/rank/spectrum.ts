import type { Cell, Sources } from '../../src/host/protocol/rankView';
import type { Line, Vertical } from '../shared/chart/lines';
import { translucent, type Theme } from '../shared/theme';

/** What is drawn of one source: its cell, and its singular values when they have come. */
export interface Shown {
  readonly label: string;
  readonly cell: Cell;
  readonly singularValues: Float64Array;
}

/** Few enough to tell apart. */
const MOST_DOTS = 40;

/** σᵢ over i, or the share of Σσ² in the first i. */
export function spectrumLines(shown: readonly Shown[], isCumulative: boolean, theme: Theme): Line[] {
  return shown
    .map(({ label, singularValues }, index): Line => {
      const color = theme.series[index] ?? theme.foreground;
      return {
        label,
        color,
        width: 2,
        dots: singularValues.length <= MOST_DOTS,
        ...(isCumulative || index > 0 ? {} : { fill: translucent(color, 0.1) }),
        points: {
          x: Float64Array.from(singularValues, (_, i) => i + 1),
          y: isCumulative ? cumulativeEnergy(singularValues) : singularValues,
        },
      };
    })
    .reverse();
}

/** Σ_{j ≤ i} σⱼ² / Σσ². */
export function cumulativeEnergy(singularValues: Float64Array): Float64Array {
  const total = singularValues.reduce((sum, sigma) => sum + sigma * sigma, 0);
  let held = 0;
  return singularValues.map((sigma) => {
    held += sigma * sigma;
    return total === 0 ? 0 : held / total;
  });
}

/** The ranks that cannot be passed: LoRA's at the same parameter count, and the method's own. */
export function boundLines(shown: readonly Shown[], theme: Theme): Vertical[] {
  const cell = shown[0]?.cell;
  if (cell === undefined) return [];
  const lora = {
    x: cell.loraBound,
    label: `LoRA cannot pass r = ${cell.loraBound}`,
    color: theme.series[1] ?? theme.muted,
  };
  if (cell.method === 'lora') return [lora];
  if (cell.method === 'full') return [{ x: cell.rankBound, label: `Bound ${cell.rankBound}`, color: theme.muted }];
  const name = 'MoRA’s bound';
  const own = { x: cell.rankBound, label: `${name} ${cell.rankBound}`, color: theme.muted };
  return [lora, own];
}

/** Right end of the index axis: the highest bound of the cells shown. */
export function lastIndex(shown: readonly Shown[]): number {
  const end = shown.map(({ cell, singularValues }) =>
    // Of a spectrum of which only the beginning is known the rest of the axis would stay empty.
    cell.residual === undefined ? Math.max(cell.rankBound, singularValues.length) : singularValues.length,
  );
  return Math.max(2, ...end);
}

/** Mean effective rank of each source over its checkpoints. */
export function trendLines({ primary, other }: Sources, theme: Theme): Line[] {
  return [primary, ...(other === null ? [] : [other])].map((source, index) => ({
    label: source.name,
    color: theme.series[index] ?? theme.foreground,
    width: 1.75,
    dots: source.trend.length <= MOST_DOTS,
    points: {
      x: source.trend.map(({ step }) => step),
      y: source.trend.map(({ effectiveRank }) => effectiveRank),
    },
  }));
}
