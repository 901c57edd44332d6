import type { TrainingConfiguration } from '../../config/schema';
import type { MoraType } from '../../config/mode';
import type { LinearLayer } from '../../config/targets';
import { moraStructure } from '../adapters/mora/moraStructure';
import type { AdapterStructure } from '../adapters/structure';
import { layerPermutation } from '../checkpoint/layerPermutation';

export type RemoraConfiguration = NonNullable<TrainingConfiguration['remora']>;

/** The order in which the types of sharing follow each other; the first comes after the last (train.py of the paper). */
const CYCLE: readonly MoraType[] = [1, 2, 3, 4];

/**
 * The structure after `merges` merges of a run that began with `first`. LoRA keeps its own. MoRA regroups, because the
 * same groups again could not raise the rank of the sum:
 * - cycle: the next type; types 1 and 2 together reach at most rank 2r̂ − 1, and the others add nothing to that;
 * - permutation: the same type under another shuffle of rows and columns, which adds about r̂ − 1 each time.
 * `earlier` merges lie in the base since before the run; they count in the seed of the shuffle, so that none comes twice.
 * Throws an AdapterError where the next type does not fit the layer.
 */
export function structureAfter(
  first: AdapterStructure,
  linear: LinearLayer,
  { regroup, seed, earlier }: { readonly regroup: RemoraConfiguration['regroup']; seed: number; earlier: number },
  merges: number,
): AdapterStructure {
  if (first.method !== 'mora' || merges === 0) return first;
  if (regroup === 'permutation') {
    return moraStructure({ ...first, permutation: layerPermutation({ seed, merge: earlier + merges }, linear) });
  }
  const type = CYCLE[(CYCLE.indexOf(first.type) + merges) % CYCLE.length];
  if (type === undefined || !CYCLE.includes(first.type)) throw new Error(`type ${first.type} has no cycle`);
  return moraStructure({ ...first, type, permutation: null });
}
