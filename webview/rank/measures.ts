import * as l10n from '@vscode/l10n';
import type { Cell, Measure, Settings } from '../../src/host/protocol/rankView';
import { compareModuleNames } from '../../src/config/moduleOrder';
import { withDecimalMark } from '../../src/language/language';
import { formatCount, formatShare, formatValue } from '../shared/format';
import { FIRST_SETTINGS } from './settings';

export interface RankMeasure {
  readonly title: (settings: Settings) => string;
  /** What it is, with its formula. */
  readonly definition: (settings: Settings) => string;
  readonly format: (value: number) => string;
  /** What a value says where only the largest singular values are known: "≥ ", "≤ ", or nothing where it is exact. */
  readonly ofPart?: (cell: Cell) => string;
}

const rank = (value: number): string =>
  value >= 100 || Number.isInteger(value) ? formatCount(value) : withDecimalMark(value.toFixed(1));
const atLeast = (): string => '≥ ';

export const MEASURES: Readonly<Record<Measure, RankMeasure>> = {
  effectiveRank: {
    title: () => l10n.t('Effective rank'),
    definition: () =>
      l10n.t('exp(−Σ pᵢ ln pᵢ) with pᵢ = σᵢ/Σσ: how many directions ΔW uses, by the entropy of its spectrum.'),
    format: rank,
    ofPart: atLeast,
  },
  stableRank: {
    title: () => l10n.t('Stable rank'),
    definition: () => l10n.t('Σσ² / σ₁²: how many directions as strong as the strongest would hold the same energy.'),
    format: rank,
  },
  countAbove: {
    title: ({ threshold }) => l10n.t('σ above {0}', number(threshold)),
    definition: ({ threshold }) =>
      l10n.t(
        'How many singular values exceed {0}; {1} is the threshold of the MoRA paper’s rank plots.',
        number(threshold),
        number(FIRST_SETTINGS.threshold),
      ),
    format: rank,
    ofPart: atLeast,
  },
  energyRank: {
    title: ({ energyShare }) => l10n.t('Energy rank, {0}', percent(energyShare)),
    definition: ({ energyShare }) =>
      l10n.t('The smallest k whose first k singular values hold {0} of Σσ².', percent(energyShare)),
    format: rank,
    ofPart: ({ energyRank, known = 0 }) => (energyRank < known ? '≤ ' : '≥ '),
  },
  energyShare: {
    title: () => l10n.t('Energy in the first r'),
    definition: () =>
      l10n.t(
        'Share of Σσ² in the r largest singular values: what the best LoRA with as many parameters could hold of this ΔW.',
      ),
    format: formatShare,
    ofPart: atLeast,
  },
  frobenius: {
    title: () => l10n.t('Norm ‖ΔW‖'),
    definition: () => l10n.t('√Σσ², the Frobenius norm: how far training has moved this matrix.'),
    format: (value) => formatValue(value, 3),
  },
  relativeNorm: {
    title: () => l10n.t('Norm relative to W'),
    definition: () =>
      l10n.t(
        '‖ΔW‖ / ‖W‖, both Frobenius norms: how far training has moved this matrix, by its own size. Needs the base model’s weights.',
      ),
    format: (value) => formatValue(value, 3),
  },
  intruders: {
    title: () => l10n.t('Intruder dimensions'),
    definition: ({ top, epsilon }) =>
      l10n.t(
        'How many of the first {0} left singular vectors of W + ΔW have |cos| below {1} to every one of W: directions that the base did not have (Shuttleworth et al. 2024).',
        top,
        number(epsilon),
      ),
    format: rank,
  },
  rankBound: {
    title: () => l10n.t('Rank bound'),
    definition: () => l10n.t('The highest rank that ΔW can have with this method.'),
    format: rank,
  },
  multiple: {
    title: () => l10n.t('Multiple of LoRA’s r'),
    definition: () => l10n.t('Effective rank over r, the rank that LoRA with as many parameters cannot pass.'),
    format: (value) => (Number.isFinite(value) ? `${withDecimalMark(value.toFixed(value < 10 ? 1 : 0))}×` : '–'),
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

/** Rows and columns of the map: layers as numbered, modules in the order of a block. */
export function gridOf(cells: readonly Cell[]): { readonly layers: number[]; readonly modules: string[] } {
  return {
    layers: [...new Set(cells.map(({ layer }) => layer))].sort((a, b) => a - b),
    modules: [...new Set(cells.map(({ module }) => module))].sort(compareModuleNames),
  };
}

/** "90 %", "99.5 %", not parted at the end of a line. */
function percent(share: number): string {
  return l10n.t('{0} %', number(Number((100 * share).toFixed(2)))).replace(' ', '\u00a0');
}

/** As typed, but no longer than four digits: a threshold is also the name of a column. */
function number(value: number): string {
  return withDecimalMark(String(Number(value.toPrecision(4))));
}
