import type { Cell, Measure, Settings } from '../../src/host/protocol/rankView';
import { formatCount, formatShare, formatValue } from '../shared/format';

export interface RankMeasure {
  readonly title: (settings: Settings) => string;
  /** What it is, with its formula. */
  readonly definition: (settings: Settings) => string;
  readonly format: (value: number) => string;
  /** What a value says where only the largest singular values are known: "≥ ", "≤ ", or nothing where it is exact. */
  readonly ofPart?: (cell: Cell) => string;
}

const rank = (value: number): string =>
  value >= 100 || Number.isInteger(value) ? formatCount(value) : value.toFixed(1);
const atLeast = (): string => '≥ ';

export const MEASURES: Readonly<Record<Measure, RankMeasure>> = {
  effectiveRank: {
    title: () => 'Effective rank',
    definition: () => 'exp(−Σ pᵢ ln pᵢ) with pᵢ = σᵢ/Σσ: how many directions ΔW uses, by the entropy of its spectrum.',
    format: rank,
    ofPart: atLeast,
  },
  stableRank: {
    title: () => 'Stable rank',
    definition: () => '‖ΔW‖²F / σ₁²: how many directions as strong as the strongest would hold the same energy.',
    format: rank,
  },
  countAbove: {
    title: ({ threshold }) => `σ above ${threshold}`,
    definition: ({ threshold }) =>
      `How many singular values exceed ${threshold}; 0.1 is the threshold of the MoRA paper’s rank plots.`,
    format: rank,
    ofPart: atLeast,
  },
  energyRank: {
    title: ({ energyShare }) => `Energy rank, ${percent(energyShare)}`,
    definition: ({ energyShare }) =>
      `The smallest k whose first k singular values hold ${percent(energyShare)} of Σσ².`,
    format: rank,
    ofPart: ({ energyRank, known = 0 }) => (energyRank < known ? '≤ ' : '≥ '),
  },
  energyShare: {
    title: () => 'Energy in the first r',
    definition: () =>
      'Share of Σσ² in the r largest singular values: what the best LoRA with as many parameters could hold of this ΔW.',
    format: formatShare,
    ofPart: atLeast,
  },
  frobenius: {
    title: () => 'Norm ‖ΔW‖F',
    definition: () => '√Σσ²: how far training has moved this matrix.',
    format: (value) => formatValue(value, 3),
  },
  relativeNorm: {
    title: () => 'Norm relative to W',
    definition: () =>
      '‖ΔW‖F / ‖W‖F: how far training has moved this matrix, by its own size. Needs the base model’s weights.',
    format: (value) => formatValue(value, 3),
  },
  intruders: {
    title: () => 'Intruder dimensions',
    definition: ({ top, epsilon }) =>
      `How many of the first ${top} left singular vectors of W + ΔW have |cos| below ${epsilon} to every one of W: directions that the base did not have (Shuttleworth et al. 2024).`,
    format: rank,
  },
  rankBound: {
    title: () => 'Rank bound',
    definition: () => 'The highest rank that ΔW can have with this method.',
    format: rank,
  },
  multiple: {
    title: () => 'Multiple of LoRA’s r',
    definition: () => 'Effective rank over r, the rank that LoRA with as many parameters cannot pass.',
    format: (value) => (Number.isFinite(value) ? `${value.toFixed(value < 10 ? 1 : 0)}×` : '–'),
    ofPart: atLeast,
  },
};

export const MEASURE_NAMES = Object.keys(MEASURES) as Measure[];

/** A residual below this share of ‖ΔW‖ is rounding: the values are all there are. */
const WHOLE = 1e-6;

/** Whether singular values are missing that count. */
export function isPartial({ residual, frobenius }: Cell): boolean {
  return residual !== undefined && residual > WHOLE * frobenius;
}

/** A figure of a cell as text, with what it says where it is not exact; "–" where it is not known. */
export function figureOf(cell: Cell, measure: Measure): string {
  const value = cell[measure];
  if (value === null) return '–';
  const { format, ofPart } = MEASURES[measure];
  return `${isPartial(cell) ? (ofPart?.(cell) ?? '') : ''}${format(value)}`;
}

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

/** "90 %", "99.5 %". */
function percent(share: number): string {
  return `${Number((100 * share).toFixed(2))} %`;
}
