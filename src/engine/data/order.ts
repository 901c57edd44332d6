import { permutation } from './random';

/**
 * The order in which the examples 0..count-1 are trained on: permutation after permutation, one an epoch, cut into
 * batches. A batch at the end of an epoch goes on into the next, so every step has as many examples. The order of a step
 * depends on its number alone, so a resumed run sees what an uninterrupted one would have seen.
 *
 * Holds one permutation, four bytes an example: steps are asked for one after the other, and none goes back an epoch.
 */
export class ExampleOrder {
  private epoch = -1;
  private order: Uint32Array = new Uint32Array();

  constructor(
    private readonly count: number,
    private readonly seed: number,
  ) {
    if (!Number.isSafeInteger(count) || count < 1) throw new RangeError(`cannot order ${count} examples`);
  }

  /** The examples of optimizer step `step`, counted from 0. */
  stepExamples(step: number, batchSize: number): number[] {
    const first = step * batchSize;
    return Array.from({ length: batchSize }, (_, i) => {
      const place = (first + i) % this.count;
      return this.orderOf((first + i - place) / this.count)[place] as number;
    });
  }

  private orderOf(epoch: number): Uint32Array {
    if (epoch !== this.epoch) {
      // The one before goes first, so that there are never two.
      this.order = new Uint32Array();
      this.order = permutation(this.count, this.seed, 'epoch', epoch);
      this.epoch = epoch;
    }
    return this.order;
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
