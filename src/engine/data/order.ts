import { permutation } from './random';

/**
 * The order in which the examples 0..count-1 are trained on: permutation after permutation, one an epoch, cut into
 * batches. A batch at the end of an epoch goes on into the next, so every step has as many examples. The order of a step
 * depends on its number alone, so a resumed run sees what an uninterrupted one would have seen.
 */
export class ExampleOrder {
  /** The epochs that the last batch touched: the next one needs them again. */
  private epochs = new Map<number, Uint32Array>();

  constructor(
    private readonly count: number,
    private readonly seed: number,
  ) {
    if (!Number.isSafeInteger(count) || count < 1) throw new RangeError(`cannot order ${count} examples`);
  }

  /** The examples of optimizer step `step`, counted from 0. */
  stepExamples(step: number, batchSize: number): number[] {
    const first = step * batchSize;
    const touched = new Map<number, Uint32Array>();
    const batch = Array.from({ length: batchSize }, (_, i) => {
      const epoch = Math.floor((first + i) / this.count);
      let order = touched.get(epoch) ?? this.epochs.get(epoch);
      order ??= permutation(this.count, this.seed, 'epoch', epoch);
      touched.set(epoch, order);
      return order[(first + i) % this.count] as number;
    });
    this.epochs = touched;
    return batch;
  }
}

/** The examples of one step; keep an {@link ExampleOrder} to ask for many. */
export function stepExamples(step: number, batchSize: number, count: number, seed: number): number[] {
  return new ExampleOrder(count, seed).stepExamples(step, batchSize);
}

/** Optimizer steps of `epochs` passes over `count` examples; at least 1. */
export function totalSteps(epochs: number, count: number, batchSize: number): number {
  // 0.07 · 100 / 7 must be 1 step, not 2: a product of decimals may lie a rounding error above the whole number.
  const exact = (epochs * count) / batchSize;
  const nearest = Math.round(exact);
  return Math.max(1, Math.abs(exact - nearest) < 1e-9 * nearest ? nearest : Math.ceil(exact));
}
