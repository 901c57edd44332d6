import type { Cell, Measure } from '../../src/host/protocol/rankView';
import { formatCount, formatValue } from '../shared/format';

export interface RankMeasure {
  readonly title: string;
  /** What it is, with its formula. */
  readonly definition: string;
  readonly format: (value: number) => string;
}

const rank = (value: number): string =>
  value >= 100 || Number.isInteger(value) ? formatCount(value) : value.toFixed(1);

export const MEASURES: Readonly<Record<Measure, RankMeasure>> = {
  effectiveRank: {
    title: 'Effective rank',
    definition: 'exp(−Σ pᵢ ln pᵢ) with pᵢ = σᵢ/Σσ: how many directions ΔW uses, by the entropy of its spectrum.',
    format: rank,
  },
  stableRank: {
    title: 'Stable rank',
    definition: '‖ΔW‖²F / σ₁²: how many directions as strong as the strongest would hold the same energy.',
    format: rank,
  },
  countAbove: {
    title: 'σ above 0.1',
    definition: 'How many singular values exceed 0.1, the threshold of the MoRA paper’s rank plots.',
    format: rank,
  },
  energyRank: {
    title: 'Energy rank, 90 %',
    definition: 'The smallest k whose first k singular values hold 90 % of Σσ².',
    format: rank,
  },
  frobenius: {
    title: 'Norm ‖ΔW‖F',
    definition: '√Σσ²: how far training has moved this matrix.',
    format: (value) => formatValue(value, 3),
  },
  rankBound: {
    title: 'Rank bound',
    definition: 'The highest rank that ΔW can have with this method.',
    format: rank,
  },
  multiple: {
    title: 'Multiple of LoRA’s r',
    definition: 'Effective rank over r, the rank that LoRA with as many parameters cannot pass.',
    format: (value) => (Number.isFinite(value) ? `${value.toFixed(value < 10 ? 1 : 0)}×` : '–'),
  },
};

export const MEASURE_NAMES = Object.keys(MEASURES) as Measure[];

/** Where a value lies between the least and the greatest; the middle when they are the same. */
export function shareOf(value: number, [least, greatest]: readonly [number, number]): number {
  return greatest > least ? (value - least) / (greatest - least) : 0.5;
}

/** Rows and columns of the map: layers as numbered, modules in the order of the first layer that has them. */
export function gridOf(cells: readonly Cell[]): { readonly layers: number[]; readonly modules: string[] } {
  return {
    layers: [...new Set(cells.map(({ layer }) => layer))].sort((a, b) => a - b),
    modules: [...new Set(cells.map(({ module }) => module))],
  };
}
