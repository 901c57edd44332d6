import type { AdapterSet, TrainableTensor } from '../adapters/adapterSet';
import { headProgram, type TrainedHead } from '../models/head';
import type { LoadedModel } from '../models/loadedModel';
import { EMBEDDING, FINAL_NORM, HEAD, trainedHead } from '../models/trainedParts';
import { BufferPool } from '../runtime/bufferPool';
import { ProgramCache } from '../runtime/programCache';
import type { Runtime, RuntimeTensor } from '../runtime/runtime';

/** Logits of a chunk take at most this many bytes. */
const MAX_LOGIT_BYTES = 64 << 20;
const MAX_CHUNK = 1024;
const MIN_CHUNK = 16;

/** Supervised tokens whose logits are computed at once, at most. */
export function largestChunk(vocabularySize: number): number {
  const fitting = Math.floor(MAX_LOGIT_BYTES / (4 * vocabularySize));
  return 2 ** Math.floor(Math.log2(Math.max(MIN_CHUNK, Math.min(MAX_CHUNK, fitting))));
}

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
  private readonly trained: TrainedHead;
  /** Where gradients of the head's own tensors go, by output. */
  private readonly gradients: ReadonlyMap<string, TrainableTensor>;

  constructor(
    private readonly runtime: Runtime,
    private readonly model: LoadedModel,
    adapters?: AdapterSet,
  ) {
    this.programs = new ProgramCache(runtime);
    this.buffers = new BufferPool(runtime);
    this.largestChunk = largestChunk(model.config.vocabularySize);
    this.trained = trainedHead(model.config, adapters?.tensors ?? []);
    const own = [
      ['normGradient', this.trained.norm ? adapters?.tensor(FINAL_NORM) : undefined],
      ['headGradient', this.trained.head ? adapters?.tensor(model.config.tied ? EMBEDDING : HEAD) : undefined],
    ] as const;
    this.gradients = new Map(own.flatMap(([name, tensor]) => (tensor === undefined ? [] : [[name, tensor] as const])));
  }

  /**
   * hidden [N, D]; targets [N], negative where not supervised; each supervised token counts `weight`.
   * With `gradient` [N, D], writes the loss gradient into its rows of supervised tokens, and adds those of trained
   * tensors of the head; without, counts hits.
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
      headProgram(this.model.config, chunk, purpose, this.trained),
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
      { loss, [gradient ? 'hiddenGradient' : 'correct']: second, ...(gradient && this.gradientParts()) },
    );
    if (gradient !== undefined) this.addGradients();
    if (gradient === undefined) return { loss: loss.data[0] as number, correct: second.data[0] as number };
    indices.forEach((index, row) => {
      gradient.set(second.data.subarray(row * width, (row + 1) * width), index * width);
    });
    return { loss: loss.data[0] as number, correct: 0 };
  }

  private gradientParts(): Record<string, RuntimeTensor & { readonly data: Float32Array }> {
    return Object.fromEntries([...this.gradients].map(([name, { shape }]) => [name, this.buffers.tensor(name, shape)]));
  }

  private addGradients(): void {
    const parts = this.gradientParts();
    for (const [name, { gradient }] of this.gradients) {
      const part = parts[name]?.data ?? [];
      for (let i = 0; i < gradient.length; i++) gradient[i] = (gradient[i] as number) + (part[i] as number);
    }
  }
}
