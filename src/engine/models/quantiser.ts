import { quantiseProgram } from '../quantiseProgram';
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

/** Quantises the weights of a model, those of a large one on all processors. */
export class Quantiser {
  private readonly threads: ThreadPool<WeightToQuantise, QuantisedArrays> | undefined;
  private readonly underWay: Promise<void>[] = [];

  /** `total`: how many weights will come. */
  constructor(total: number) {
    if (total >= WORTH_THREADS) this.threads = new ThreadPool(quantiseProgram(), threadCount());
  }

  /**
   * Takes a weight, whose memory is gone with that, and calls `done` once it is quantised. Resolves when there is room for
   * the next one, which bounds how many are in memory. Rejects when one before failed.
   */
  async take(weight: WeightToQuantise, done: (arrays: QuantisedArrays) => void): Promise<void> {
    if (this.threads === undefined) {
      done(quantise(weight.weight, weight.dOut, weight.dIn));
      return;
    }
    const quantised = this.threads.run(weight, [weight.weight.buffer]).then(done);
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
