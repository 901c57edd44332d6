import type { Dataset } from '../data/dataset';
import type { PackedBatch } from '../data/packing';
import { permutation } from '../data/random';
import { microBatches, type BatchLayout } from '../training/microBatches';

/**
 * Tokens of a batch that is measured, padding counted. Squared norms of batches come close to that of the mean gradient when
 * batches hold many examples (docs/results/suggest.md), so these are larger than the micro-batches that train fast.
 */
export const MEASURED_TOKENS = 4096;

/** Packing leaves some room: examples of this share of a batch's tokens still go into one. */
const FILL = 0.9;

/**
 * Up to `count` groups of example places, each filling about one micro-batch, taken in the order of the run's first
 * epoch: a random sample, of which no example comes twice. Fewer groups where the data ends before.
 */
export function sampleGroups(
  { examples }: Pick<Dataset, 'examples'>,
  { rowLength, maxRows }: BatchLayout,
  count: number,
  seed: number,
): number[][] {
  const room = Math.max(rowLength, FILL * maxRows * rowLength);
  const groups: number[][] = [];
  let tokens = Infinity;
  for (const index of permutation(examples.length, seed, 'epoch', 0)) {
    const length = examples.tokensOf(index);
    if (tokens + length > room) {
      if (groups.length === count) break;
      groups.push([]);
      tokens = 0;
    }
    groups.at(-1)?.push(index);
    tokens += length;
  }
  return groups;
}

/** The batches of those examples; a group that packs badly makes two. Without batches that supervise nothing. */
export async function* sampledBatches(
  { examples }: Pick<Dataset, 'examples'>,
  layout: BatchLayout,
  groups: readonly (readonly number[])[],
): AsyncGenerator<{ readonly group: number; readonly batch: PackedBatch; readonly examples: number }> {
  for (const [group, places] of groups.entries()) {
    const chosen = await examples.read(places);
    for (const [part, batch] of microBatches(chosen, layout).entries()) {
      if (batch.supervised > 0) yield { group, batch, examples: part === 0 ? chosen.length : 0 };
    }
  }
}
