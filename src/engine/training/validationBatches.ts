import type { Examples } from '../data/examples';
import type { PackedBatch } from '../data/packing';
import { microBatches, type BatchLayout } from './microBatches';

/** Tokens that are packed at once: about 20 MB as batches, and enough that hardly a row is left half empty. */
const TOKENS_AT_ONCE = 1 << 20;

/**
 * All examples as batches, part after part, so that held-out data of any size is evaluated in the same memory. The
 * batches depend on the lengths alone: they are the same wherever the examples are held.
 */
export async function* validationBatches(examples: Examples, layout: BatchLayout): AsyncGenerator<PackedBatch> {
  let from = 0;
  while (from < examples.length) {
    let to = from;
    for (let tokens = 0; to < examples.length && tokens < TOKENS_AT_ONCE; to++) tokens += examples.tokensOf(to);
    const part = await examples.read(Uint32Array.from({ length: to - from }, (_, index) => from + index));
    yield* microBatches(part, layout);
    from = to;
  }
}
