import type { PackedBatch } from '../data/packing';
import type { DecoderPass } from '../models/decoderPass';
import type { LossHead } from './lossHead';

export interface Evaluation {
  /** Mean negative log-likelihood over all supervised tokens. Nats. */
  readonly loss: number;
  /** Share of supervised tokens that the model ranks first. */
  readonly accuracy: number;
}

/** Loss and accuracy over batches. `proceed` is asked between them; false ends early, with undefined. */
export async function evaluate(
  pass: DecoderPass,
  head: LossHead,
  batches: Iterable<PackedBatch> | AsyncIterable<PackedBatch>,
  proceed: () => boolean = () => true,
): Promise<Evaluation | undefined> {
  let loss = 0;
  let correct = 0;
  let supervised = 0;
  for await (const batch of batches) {
    if (!proceed()) return undefined;
    const sums = await head.sums(await pass.forward(batch, false), batch.targets, 1);
    loss += sums.loss;
    correct += sums.correct;
    supervised += batch.supervised;
  }
  return { loss: loss / supervised, accuracy: correct / supervised };
}
