import type { PackedBatch } from '../data/packing';
import { exactMatches, type ExactMatches } from './exactMatches';
import { sideBySide, type Replica } from './replicas';

export interface Evaluation extends ExactMatches {
  /** Mean negative log-likelihood over all supervised tokens. Nats. */
  readonly loss: number;
  /** Share of supervised tokens that the model ranks first. */
  readonly accuracy: number;
}

/** What is told of one batch. */
interface BatchScores extends ExactMatches {
  readonly loss: number;
  readonly correct: number;
  readonly supervised: number;
}

/**
 * Loss, accuracy and exact matches over batches, of which each replica takes the next when it has done one. `proceed` is
 * asked between them; false ends early, with undefined. Throws the signal's reason when aborted.
 */
export async function evaluate(
  replicas: readonly Replica[],
  batches: Iterable<PackedBatch> | AsyncIterable<PackedBatch>,
  proceed: () => boolean = () => true,
  signal?: AbortSignal,
): Promise<Evaluation | undefined> {
  const left = numbered(batches);
  const found: BatchScores[] = [];
  const ended = await sideBySide(replicas, async ({ pass, head }) => {
    for await (const { batch, index } of left) {
      if (!proceed()) return false;
      const { loss, hits } = await head.scores(await pass.forward(batch, false, signal), batch.targets);
      const correct = hits.reduce((sum, hit) => sum + hit, 0);
      found[index] = { ...exactMatches(batch, hits), loss, correct, supervised: batch.supervised };
    }
    return true;
  });
  if (ended.includes(false)) return undefined;
  // In the order of the batches, whoever did which.
  const total = (name: keyof BatchScores): number => found.reduce((sum, scores) => sum + scores[name], 0);
  const supervised = total('supervised');
  return {
    loss: total('loss') / supervised,
    accuracy: total('correct') / supervised,
    examples: total('examples'),
    exact: total('exact'),
  };
}

/** Batches with their places. Who leaves a loop over it early ends it for all. */
async function* numbered(
  batches: Iterable<PackedBatch> | AsyncIterable<PackedBatch>,
): AsyncGenerator<{ readonly batch: PackedBatch; readonly index: number }> {
  let index = 0;
  for await (const batch of batches) yield { batch, index: index++ };
}
