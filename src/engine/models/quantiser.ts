import { programPath } from '../programPath';
import { threadCount } from '../runtime/threads';
import { ThreadPool } from '../threads/threadPool';
import { quantise, type QuantisedArrays } from './quantise';

/** From about a tenth of a second of work on, in weights, starting threads pays. */
const WORTH_THREADS = 1e7;
/** Weights under way for each thread: one more than it works on, so that it never waits. */
const UNDER_WAY = 2;

/** W [dOut, dIn] as it is sent to a thread. */
export interface WeightToQuantise {
  readonly weight: Float32Array<ArrayBuffer>;
  readonly dOut: number;
  readonly dIn: number;
}

/** What a thread sends back: with it the memory of the weight, for the next one. */
export interface QuantisedWeight {
  readonly arrays: QuantisedArrays;
  readonly memory: ArrayBuffer;
}

/** Quantises the weights of a model, those of a large one on all processors. */
export class Quantiser {
  private readonly threads: ThreadPool<WeightToQuantise, QuantisedWeight> | undefined;
  private readonly underWay: Promise<void>[] = [];
  private readonly free: ArrayBuffer[] = [];

  /** `total`: how many weights will come; `largest`: how many at once at most. */
  constructor(
    total: number,
    private readonly largest: number,
  ) {
    if (total >= WORTH_THREADS) this.threads = new ThreadPool(programPath('quantise'), threadCount());
  }

  /** Memory for a weight [dOut, dIn] that `take` will get, the same over and over: touching new memory takes longer. */
  memory(length: number): Float32Array<ArrayBuffer> {
    return new Float32Array(this.free.pop() ?? new ArrayBuffer(4 * this.largest), 0, length);
  }

  /**
   * Takes a weight in such memory and calls `done` once it is quantised. Resolves when there is room for the next one,
   * which bounds how many are in memory. Rejects when one before failed.
   */
  async take(given: WeightToQuantise, done: (arrays: QuantisedArrays) => void | Promise<void>): Promise<void> {
    const { weight, dOut, dIn } = given;
    if (this.threads === undefined) {
      await done(quantise(weight, dOut, dIn));
      this.free.push(weight.buffer);
      return;
    }
    const quantised = this.threads.run(given, [weight.buffer]).then(({ arrays, memory }) => {
      this.free.push(memory);
      return done(arrays);
    });
    // Whoever waits for it hears of an error.
    quantised.catch(() => undefined);
    this.underWay.push(quantised);
    if (this.underWay.length >= UNDER_WAY * threadCount()) await this.underWay.shift();
  }

  /** Resolves when all are quantised. */
  async finish(): Promise<void> {
    await Promise.all(this.underWay);
  }

  async close(): Promise<void> {
    await this.threads?.close();
  }
}
