import * as l10n from '@vscode/l10n';
import type { Cell, Sources } from '../../src/host/protocol/rankView';
import type { Line, Vertical } from '../shared/chart/lines';
import { formatCount } from '../shared/format';
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

/** The ranks that cannot be passed: each method's own, and LoRA's at the same parameter count where there is no LoRA. */
export function boundLines(shown: readonly Shown[], theme: Theme): Vertical[] {
  const colorOf = (index: number): string => theme.series[index] ?? theme.muted;
  const own = shown.flatMap(({ cell }, index): Vertical[] => {
    switch (cell.method) {
      case 'lora':
        return [{ x: cell.rankBound, label: loraLabel(cell.rankBound), color: colorOf(index) }];
      case 'mora': {
        const label = l10n.t('MoRA’s bound {0}', formatCount(cell.rankBound));
        return [{ x: cell.rankBound, label, color: theme.muted }];
      }
      case 'full':
        return [{ x: cell.rankBound, label: l10n.t('Bound {0}', formatCount(cell.rankBound)), color: theme.muted }];
    }
  });
  const mora = shown.find(({ cell }) => cell.method === 'mora')?.cell;
  const hasLora = shown.some(({ cell }) => cell.method === 'lora');
  // One colour more than there are sources.
  const equal =
    mora === undefined || hasLora
      ? []
      : [{ x: mora.loraBound, label: loraLabel(mora.loraBound), color: colorOf(shown.length) }];
  return [...equal, ...own]
    .filter(({ label }, index, all) => all.findIndex((other) => other.label === label) === index)
    .sort((left, right) => left.x - right.x);
}

function loraLabel(rank: number): string {
  return l10n.t('LoRA cannot pass r = {0}', formatCount(rank));
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
