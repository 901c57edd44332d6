import { programPath } from '../programPath';
import { threadCount } from '../runtime/threads';
import { ThreadPool } from '../threads/threadPool';
import type { StoredPlace } from '../weights/storedPlace';
import type { HeadArrays } from './head/quantiseHead';
import type { QuantisedArrays } from './quantise';
import { quantiseTable, quantiseWeight } from './quantiseTask';

/** From about a tenth of a second of work on, in weights, starting threads pays. */
const WORTH_THREADS = 1e7;
/** Weights under way for each thread: one more than it works on, so that it never waits. */
const UNDER_WAY = 2;

/** W [dOut, dIn]: where a thread reads it, or its values, whose memory comes back. */
export type WeightToQuantise = { readonly dOut: number; readonly dIn: number } & (
  { readonly weight: Float32Array<ArrayBuffer> } | { readonly place: StoredPlace }
);

/** A head's matrix W [V, D], in a file. */
export interface TableToQuantise {
  readonly table: StoredPlace;
  readonly vocabularySize: number;
  readonly hiddenSize: number;
}

/** What a thread answers for a weight. */
export interface QuantisedWeight {
  readonly arrays: QuantisedArrays;
  /** The memory that the weight came in, for the next one. */
  readonly memory?: ArrayBuffer;
}

/** What is quantised, and whether the bytes are to be in memory that threads share. */
export type QuantiseTask = (WeightToQuantise | TableToQuantise) & { readonly shared: boolean };

/** Quantises the weights of a model, those of a large one on all processors. */
export class Quantiser {
  private readonly threads: ThreadPool<QuantiseTask, QuantisedWeight | HeadArrays> | undefined;
  private readonly underWay: Promise<void>[] = [];
  private readonly free: ArrayBuffer[] = [];

  /** `total`: how many weights will come; `largest`: how many at once at most, of those that `take` gets. */
  constructor(
    total: number,
    private readonly largest: number,
    /** Whether the bytes are to be in memory that threads share. */
    private readonly shared = false,
  ) {
    if (total >= WORTH_THREADS) this.threads = new ThreadPool(programPath('quantise'), threadCount());
  }

  /** Memory for a weight [dOut, dIn] that `take` will get, the same over and over: touching new memory takes longer. */
  memory(length: number): Float32Array<ArrayBuffer> {
    return new Float32Array(this.free.pop() ?? new ArrayBuffer(4 * this.largest), 0, length);
  }

  /**
   * Takes a weight and calls `done` once it is quantised. Resolves when there is room for the next one, which bounds how
   * many are in memory. Rejects when one before failed.
   */
  async take(given: WeightToQuantise, done: (arrays: QuantisedArrays) => void | Promise<void>): Promise<void> {
    const { shared } = this;
    const memory = 'weight' in given ? given.weight.buffer : undefined;
    if (this.threads === undefined) {
      await done(quantiseWeight({ ...given, shared }).arrays);
      if (memory !== undefined) this.free.push(memory);
      return;
    }
    const quantised = this.threads.run({ ...given, shared }, memory ? [memory] : []).then((answer) => {
      const { arrays, memory: back } = answer as QuantisedWeight;
      if (back !== undefined) this.free.push(back);
      return done(arrays);
    });
    // Whoever waits for it hears of an error.
    quantised.catch(() => undefined);
    this.underWay.push(quantised);
    if (this.underWay.length >= UNDER_WAY * threadCount()) await this.underWay.shift();
  }

  /** Reads and quantises a head: it takes as long as many weights, so it should be begun before them. */
  async table(given: TableToQuantise): Promise<HeadArrays> {
    const task = { ...given, shared: this.shared };
    return this.threads === undefined ? quantiseTable(task) : ((await this.threads.run(task)) as HeadArrays);
  }

  /** Resolves when all weights are quantised. */
  async finish(): Promise<void> {
    await Promise.all(this.underWay);
  }

  close(): void {
    this.threads?.close();
  }
}
