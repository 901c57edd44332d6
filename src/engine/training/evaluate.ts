import type { PackedBatch } from '../data/packing';
import type { DecoderPass } from '../models/decoderPass';
import { exactMatches, type ExactMatches } from './exactMatches';
import type { LossHead } from './head/lossHead';

export interface Evaluation extends ExactMatches {
  /** Mean negative log-likelihood over all supervised tokens. Nats. */
  readonly loss: number;
  /** Share of supervised tokens that the model ranks first. */
  readonly accuracy: number;
}

/**
 * Loss, accuracy and exact matches over batches. `proceed` is asked between them; false ends early, with undefined.
 * Throws the signal's reason when aborted.
 */
export async function evaluate(
  pass: DecoderPass,
  head: LossHead,
  batches: Iterable<PackedBatch> | AsyncIterable<PackedBatch>,
  proceed: () => boolean = () => true,
  signal?: AbortSignal,
): Promise<Evaluation | undefined> {
  let loss = 0;
  let correct = 0;
  let supervised = 0;
  let examples = 0;
  let exact = 0;
  for await (const batch of batches) {
    if (!proceed()) return undefined;
    const scores = await head.scores(await pass.forward(batch, false, signal), batch.targets);
    const matches = exactMatches(batch, scores.hits);
    loss += scores.loss;
    correct += scores.hits.reduce((sum, hit) => sum + hit, 0);
    supervised += batch.supervised;
    examples += matches.examples;
    exact += matches.exact;
  }
  return { loss: loss / supervised, accuracy: correct / supervised, examples, exact };
}
