import type { AdapterConfiguration } from '../../config/schema';
import type { LinearLayer } from '../../config/targets';
import { UserError } from '../../config/userError';
import { structureFor } from '../adapters/structureFor';
import type { AdapterStructure } from '../adapters/structure';
import type { WeightScore } from './weightScores';

/** What to train instead. */
export interface Proposal {
  /** In the model's order. */
  readonly linears: readonly LinearLayer[];
  /** As configured, with another rank, and another alpha where one is set: LoRA's scale stays what it was. */
  readonly adapter: AdapterConfiguration;
  /** Trainable parameters of the adapters. */
  readonly parameters: number;
}

/** No sensible rank is beyond; the schema's bound. */
const MAX_RANK = 65_536;

/** Nobody wants to read 37.333333333333336 in a document. */
const ALPHA_DIGITS = 6;

/**
 * The `share` of the linear layers with the highest scores, at the rank whose trainable parameters come nearest to
 * `budget`. Full fine-tuning has no rank: there, as many of the chosen layers as the budget holds, best first.
 * Throws UserError when the budget does not even hold rank 1 (or, for full, one layer).
 */
export function propose(
  adapter: AdapterConfiguration,
  scores: readonly WeightScore[],
  { share, budget }: { readonly share: number; readonly budget: number },
): Proposal {
  const byScore = [...scores].sort((a, b) => b.score - a.score).map(({ linear }) => linear);
  const best = byScore.slice(0, Math.max(1, Math.round(share * byScore.length)));
  const inOrder = (chosen: readonly LinearLayer[]): LinearLayer[] =>
    scores.map(({ linear }) => linear).filter((linear) => chosen.includes(linear));
  if (adapter.method === 'full') {
    const fitting = withinBudget(best, budget);
    return { linears: inOrder(fitting), adapter, parameters: parametersAt(adapter, fitting) ?? 0 };
  }
  const proposed = withRank(adapter, nearestRank(adapter, best, budget));
  return { linears: inOrder(best), adapter: proposed, parameters: parametersAt(proposed, best) ?? 0 };
}

/** Trainable parameters of adapters on these layers; undefined when one of them cannot have it. */
export function parametersAt(adapter: AdapterConfiguration, linears: readonly LinearLayer[]): number | undefined {
  const structures = linears.map((linear) => structureIfAny(adapter, linear));
  return structures.reduce<number | undefined>(
    (sum, structure) => (sum === undefined || structure === undefined ? undefined : sum + structure.parameterCount),
    0,
  );
}

export function structureIfAny(adapter: AdapterConfiguration, linear: LinearLayer): AdapterStructure | undefined {
  try {
    return structureFor(adapter, linear);
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

/** Parameters grow with the rank, and from some rank on there may be no adapter any more, so halving finds the last that fits. */
function nearestRank(adapter: AdapterConfiguration, linears: readonly LinearLayer[], budget: number): number {
  const at = (rank: number): number | undefined => parametersAt(withRank(adapter, rank), linears);
  const least = at(1);
  if (least === undefined) throw impossible(adapter, linears);
  if (least > budget) {
    throw new UserError(
      `A budget of ${budget} parameters is too small: ${linears.length} modules take ${least} at rank 1; give a larger budget or a smaller share.`,
    );
  }
  let fits = 1;
  let beyond = MAX_RANK + 1;
  while (beyond - fits > 1) {
    const middle = Math.floor((fits + beyond) / 2);
    if ((at(middle) ?? Infinity) <= budget) fits = middle;
    else beyond = middle;
  }
  const over = beyond <= MAX_RANK ? at(beyond) : undefined;
  return over !== undefined && over - budget < budget - (at(fits) ?? 0) ? beyond : fits;
}

function impossible(adapter: AdapterConfiguration, linears: readonly LinearLayer[]): UserError {
  for (const linear of linears) {
    try {
      structureFor({ ...adapter, rank: 1 }, linear);
    } catch (error) {
      if (error instanceof UserError) return error;
      throw error;
    }
  }
  throw new Error('every module can have the adapter');
}

function withRank(adapter: AdapterConfiguration, rank: number): AdapterConfiguration {
  if (adapter.method !== 'lora' || adapter.alpha === null) return { ...adapter, rank };
  // scale = alpha/rank, or alpha/√rank when rank-stabilised
  const growth = rank / adapter.rank;
  const alpha = adapter.alpha * (adapter.rankStabilised ? Math.sqrt(growth) : growth);
  return { ...adapter, rank, alpha: Number(alpha.toPrecision(ALPHA_DIGITS)) };
}

function withinBudget(best: readonly LinearLayer[], budget: number): LinearLayer[] {
  const chosen: LinearLayer[] = [];
  let left = budget;
  for (const linear of best) {
    const size = linear.dIn * linear.dOut;
    if (size > left) continue;
    chosen.push(linear);
    left -= size;
  }
  if (chosen.length === 0) {
    throw new UserError(
      `A budget of ${budget} parameters holds none of the suggested modules in full; give a larger budget.`,
    );
  }
  return chosen;
}
