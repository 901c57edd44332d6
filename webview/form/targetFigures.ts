import * as l10n from '@vscode/l10n';
import type { Plan, PlannedModule } from '../../src/engine/rpc/plan';
import type { ScoredModule } from '../../src/engine/rpc/suggestion';
import { counted } from '../../src/language/counted';
import { withDecimalMark } from '../../src/language/language';
import { formatCount, formatValue } from '../shared/format';
import { cellKey, type Selection } from './selection';

/** What the grid and the comparison say about the modules of a plan. */

/** What a plan tells of every module. */
export type PlannedFigure = 'rankBound' | 'parameters';

/** What colours the cells; scores are there once they were measured. */
export type ShadeBy = PlannedFigure | 'score';

export type Scores = ReadonlyMap<string, ScoredModule>;

/** What a score is; one hover away wherever scores are shown. */
export const SCORE_DEFINITION = l10n.t(
  '‖∂L/∂W‖ / ‖W‖, both Frobenius norms: how strongly the loss on your data asks the frozen weight W of a module to change, for its size. The gradient is the root mean square over the batches that were measured.',
);

export interface Totals {
  readonly modules: number;
  readonly parameters: number;
  readonly loraParameters: number;
  /** Extremes over the selected modules; zero when there are none. */
  readonly rankBound: readonly [low: number, high: number];
  readonly loraRankBound: readonly [low: number, high: number];
  readonly rHat: readonly [low: number, high: number] | undefined;
}

export function totalsOf(plan: Plan, selection: Selection): Totals {
  const chosen = plan.modules.filter(
    ({ layer, module, error }) => selection.has(cellKey(layer, module)) && error === undefined,
  );
  const sizes = chosen.flatMap(({ rHat }) => (rHat === undefined ? [] : [rHat]));
  return {
    modules: chosen.length,
    parameters: sum(chosen.map(({ parameters }) => parameters)),
    loraParameters: sum(chosen.map(({ lora }) => lora.parameters)),
    rankBound: extremes(chosen.map(({ rankBound }) => rankBound)),
    loraRankBound: extremes(chosen.map(({ lora }) => lora.rankBound)),
    rHat: sizes.length === 0 ? undefined : extremes(sizes),
  };
}

/** The highest rank that any ΔW of the model could have: the end of the scale on which bounds are compared. */
export function fullRank(plan: Plan): number {
  return Math.max(1, ...plan.modules.map(({ dIn, dOut }) => Math.min(dIn, dOut)));
}

/** Steps of shading, 1 to 5: by square root, because LoRA's 8 beside MoRA's 192 is to be seen, not lost. */
export function shadeOf(module: PlannedModule, by: PlannedFigure, most: number): number {
  return most <= 0 ? 1 : Math.min(5, Math.max(1, Math.ceil(5 * Math.sqrt(module[by] / most))));
}

export function mostOf(plan: Plan, by: PlannedFigure): number {
  return by === 'rankBound' ? fullRank(plan) : Math.max(1, ...plan.modules.map(({ parameters }) => parameters));
}

/** By the keys of cells. */
export function scoresByCell(modules: readonly ScoredModule[]): Scores {
  return new Map(modules.map((module) => [cellKey(module.layer, module.module), module]));
}

/** Steps of heat, 0 to 10: by square root of the share of the highest score, for one module often towers over all. */
export function heatOf({ score }: ScoredModule, scores: Scores): number {
  const most = highestScore(scores);
  return most <= 0 ? 0 : Math.round(10 * Math.sqrt(score / most));
}

export function highestScore(scores: Scores): number {
  return [...scores.values()].reduce((most, { score }) => Math.max(most, score), 0);
}

/** Two digits, as they fit into a cell: "0.31", "0.0042", "3.1e-5". */
export function scoreText(score: number): string {
  if (score === 0) return '0';
  return withDecimalMark(score < 1e-3 ? score.toExponential(1) : String(Number(score.toPrecision(2))));
}

/** "score 0.031, place 4 of 42 (‖∂L/∂W‖ 0.12, ‖W‖ 3.9), suggested". */
export function describeScore(
  { score, place, gradientNorm, weightNorm, suggested }: ScoredModule,
  all: number,
): string {
  const figures = [scoreText(score), place, all, formatValue(gradientNorm, 3), formatValue(weightNorm, 3)] as const;
  return suggested
    ? l10n.t('score {0}, place {1} of {2} (‖∂L/∂W‖ {3}, ‖W‖ {4}), suggested', ...figures)
    : l10n.t('score {0}, place {1} of {2} (‖∂L/∂W‖ {3}, ‖W‖ {4}), not suggested', ...figures);
}

/** In a chosen cell: what it is shaded by, as `describeCell` says it too. */
export function cellFigure({ rankBound, parameters, error }: PlannedModule, by: PlannedFigure): string {
  if (error !== undefined) return '!';
  return formatCount(by === 'rankBound' ? rankBound : parameters);
}

/** Beside it, where there is room: r̂ for MoRA, r for LoRA, nothing for a full ΔW, whose size is its shape. */
export function cellSize({ rHat, rank, error }: PlannedModule): string {
  if (error !== undefined) return '';
  return rHat !== undefined ? `r̂ ${rHat}` : rank !== undefined ? `r ${rank}` : '';
}

/** "layer 3 q_proj: r̂ 55, 3,025 parameters, rank up to 192 (LoRA 8)". */
export function describeCell(module: PlannedModule, selected: boolean): string {
  const { layer, module: name, dIn, dOut, rHat, rank, parameters, rankBound, lora, warning, error } = module;
  const sizes = [layer, name, formatCount(dIn), formatCount(dOut)] as const;
  const place = selected
    ? l10n.t('layer {0} {1} ({2} → {3})', ...sizes)
    : l10n.t('layer {0} {1} ({2} → {3}), not adapted', ...sizes);
  if (error !== undefined) return `${place}: ${error}`;
  const facts = [
    ...(rHat !== undefined ? [`r̂ ${rHat}`] : rank !== undefined ? [`r ${rank}`] : []),
    counted(parameters, l10n.t('{0} parameter'), l10n.t('{0} parameters')),
    rank !== undefined && rHat === undefined
      ? l10n.t('rank up to {0}', formatCount(rankBound))
      : l10n.t('rank up to {0} (LoRA {1})', formatCount(rankBound), lora.rankBound),
  ];
  return `${place}: ${facts.join(', ')}${warning === undefined ? '' : `. ${warning}`}`;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function extremes(values: readonly number[]): readonly [number, number] {
  return values.length === 0 ? [0, 0] : [Math.min(...values), Math.max(...values)];
}
