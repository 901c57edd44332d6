import { headProgram } from '../models/head';
import type { LoadedModel } from '../models/loadedModel';
import { BufferPool } from '../runtime/bufferPool';
import { ProgramCache } from '../runtime/programCache';
import type { Runtime } from '../runtime/runtime';

/** Logits of a chunk take at most this many bytes. */
const MAX_LOGIT_BYTES = 64 << 20;
const MAX_CHUNK = 1024;
const MIN_CHUNK = 16;

/** Sums over the supervised tokens of a batch. */
export interface LossSums {
  /** Σ weight · negative log-likelihood. Nats. */
  loss: number;
  /** Σ weight · [the target is the likeliest token]; 0 in training, where it is not computed. */
  correct: number;
}

/** Loss of supervised tokens from hidden states, in chunks, so that the logits of a batch are never held at once. */
export class LossHead {
  private readonly programs: ProgramCache;
  private readonly buffers: BufferPool;
  private readonly largestChunk: number;

  constructor(
    private readonly runtime: Runtime,
    private readonly model: LoadedModel,
  ) {
    this.programs = new ProgramCache(runtime);
    this.buffers = new BufferPool(runtime);
    const fitting = Math.floor(MAX_LOGIT_BYTES / (4 * model.config.vocabularySize));
    this.largestChunk = 2 ** Math.floor(Math.log2(Math.max(MIN_CHUNK, Math.min(MAX_CHUNK, fitting))));
  }

  /**
   * hidden [N, D]; targets [N], negative where not supervised; each supervised token counts `weight`.
   * With `gradient` [N, D], writes the loss gradient into its rows of supervised tokens; without, counts hits.
   */
  async sums(hidden: Float32Array, targets: Int32Array, weight: number, gradient?: Float32Array): Promise<LossSums> {
    const supervised: number[] = [];
    targets.forEach((target, index) => {
      if (target >= 0) supervised.push(index);
    });
    const total: LossSums = { loss: 0, correct: 0 };
    for (let start = 0; start < supervised.length;) {
      const chunk = this.chunkFor(supervised.length - start);
      const part = supervised.slice(start, start + chunk);
      const sums = await this.chunkSums(part, chunk, hidden, targets, weight, gradient);
      total.loss += sums.loss;
      total.correct += sums.correct;
      start += part.length;
    }
    return total;
  }

  async dispose(): Promise<void> {
    await this.programs.dispose();
  }

  /** The smallest power of two that holds what is left: few shapes, little padding. */
  private chunkFor(left: number): number {
    return Math.min(this.largestChunk, Math.max(MIN_CHUNK, 2 ** Math.ceil(Math.log2(left))));
  }

  private async chunkSums(
    indices: readonly number[],
    chunk: number,
    hidden: Float32Array,
    targets: Int32Array,
    weight: number,
    gradient: Float32Array | undefined,
  ): Promise<LossSums> {
    const width = this.model.config.hiddenSize;
    const purpose = gradient === undefined ? 'evaluation' : 'training';
    const program = await this.programs.get(`${purpose} ${chunk}`, () =>
      headProgram(this.model.config, chunk, purpose),
    );
    const rows = this.buffers.tensor('hidden', [chunk, width]);
    const weights = this.buffers.tensor('weights', [chunk, 1]);
    const labels = new BigInt64Array(chunk);
    rows.data.fill(0);
    weights.data.fill(0);
    indices.forEach((index, row) => {
      rows.data.set(hidden.subarray(index * width, (index + 1) * width), row * width);
      weights.data[row] = weight;
      labels[row] = BigInt(targets[index] as number);
    });
    const loss = this.buffers.tensor('loss', [1, 1]);
    const second = gradient
      ? this.buffers.tensor('hiddenGradient', [chunk, width])
      : this.buffers.tensor('correct', [1, 1]);
    await program.run(
      {
        hidden: rows,
        targets: this.runtime.tensor(labels, [chunk]),
        weights,
        norm: this.model.norm,
        head: this.model.head,
      },
      { loss, [gradient ? 'hiddenGradient' : 'correct']: second },
    );
    if (gradient === undefined) return { loss: loss.data[0] as number, correct: second.data[0] as number };
    indices.forEach((index, row) => {
      gradient.set(second.data.subarray(row * width, (row + 1) * width), index * width);
    });
    return { loss: loss.data[0] as number, correct: 0 };
  }
}
