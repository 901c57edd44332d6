import type { Configuration, TrainingConfiguration } from '../../config/schema';
import type { MoraType } from '../../config/mode';
import type { LinearLayer } from '../../config/targets';
import { UserError } from '../../config/userError';
import { moraStructure } from '../adapters/mora/moraStructure';
import type { AdapterStructure } from '../adapters/structure';
import { layerPermutation } from '../checkpoint/layerPermutation';
import { warmupSteps } from './schedule';

export type RemoraConfiguration = NonNullable<TrainingConfiguration['remora']>;

/** The order in which the types of sharing follow each other; the first comes after the last (the official code's). */
const CYCLE: readonly MoraType[] = [1, 2, 3, 4];

export interface RegroupOptions {
  readonly regroup: RemoraConfiguration['regroup'];
  readonly seed: number;
  /** Merges that lie in the base since before the run; they count in the seed of a shuffle, so that none comes twice. */
  readonly earlier: number;
}

/**
 * The structure after `merges` merges of a run that began with `first`. LoRA keeps its own. MoRA regroups, because the
 * same groups again could not raise the rank of the sum:
 * - cycle: the next type. Types 1 and 2 together reach at most rank 2r̂ − 1, and the others add nothing to that;
 * - permutation: the same type under another shuffle of rows and columns, which adds r̂ − 1 each time up to full rank.
 * Throws an AdapterError where the next type does not fit the layer.
 */
export function structureAfter(
  first: AdapterStructure,
  linear: LinearLayer,
  { regroup, seed, earlier }: RegroupOptions,
  merges: number,
): AdapterStructure {
  if (first.method !== 'mora' || merges === 0) return first;
  if (regroup === 'permutation') {
    return moraStructure({ ...first, permutation: layerPermutation({ seed, merge: earlier + merges }, linear) });
  }
  const place = CYCLE.indexOf(first.type);
  const type = CYCLE[(place + merges) % CYCLE.length];
  if (place < 0 || type === undefined) throw new Error(`type ${first.type} has no cycle`);
  return moraStructure({ ...first, type, permutation: null });
}

/** Throws an AdapterError when a structure that the run will come to does not fit the layer. */
export function requireEveryGrouping(
  first: AdapterStructure,
  linear: LinearLayer,
  { training }: Pick<Configuration, 'training'>,
): void {
  if (training.remora?.regroup !== 'cycle') return;
  const options = { regroup: training.remora.regroup, seed: training.seed, earlier: 0 };
  for (let merges = 1; merges < CYCLE.length; merges++) structureAfter(first, linear, options, merges);
}

/** Throws a UserError when "training.remora" asks for what cannot be. */
export function requireRemora({ adapter, training }: Pick<Configuration, 'adapter' | 'training'>): void {
  const { remora, schedule } = training;
  if (remora === null) return;
  if (adapter.method === 'full') {
    throw new UserError(
      '"training.remora" merges adapters so that new ones can follow, but "adapter.method" is full, which has every entry of ΔW already; remove one of them.',
    );
  }
  if (adapter.method === 'mora' && adapter.mode === 'rotation' && remora.regroup === 'cycle') {
    throw new UserError(
      '"training.remora.regroup" is cycle, which goes through the types 1 to 4 of sharing, but "adapter.mode" is rotation; use permutation, or a sharing mode.',
    );
  }
  if (remora.restartWarmup >= remora.mergeEvery) {
    throw new UserError(
      `"training.remora.restartWarmup" is ${remora.restartWarmup}, so with a merge every ${remora.mergeEvery} steps the learning rate would never be reached again; make it smaller than "mergeEvery".`,
    );
  }
  if (remora.schedule === 'cosine' && schedule !== 'cosine') {
    throw new UserError(
      `"training.remora.schedule" is cosine, but "training.schedule" is ${schedule}; make both cosine, or the first one jagged.`,
    );
  }
}

/** Throws a UserError when the first merge would come before the end of the warm-up. */
export function requireWarmupBeforeMerge({ training }: Pick<Configuration, 'training'>, totalSteps: number): void {
  const { remora, warmup } = training;
  const steps = warmupSteps(warmup, totalSteps);
  if (remora !== null && steps > remora.mergeEvery && totalSteps > remora.mergeEvery) {
    throw new UserError(
      `"training.warmup" takes ${steps} steps, longer than the ${remora.mergeEvery} to the first merge ("training.remora.mergeEvery"); shorten it.`,
    );
  }
}
