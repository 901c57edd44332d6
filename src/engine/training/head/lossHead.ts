import type { AdapterSet, TrainableTensor } from '../../adapters/adapterSet';
import type { BaseFormat } from '../../adapters/frozenWeight';
import { EMBEDDING, FINAL_NORM, HEAD } from '../../models/decoderConfig';
import { headInMemory, type RunnableModel } from '../../models/loadedModel';
import { HEAD_TILE } from '../../models/head/quantisedHead';
import { trainedHead } from '../../models/trainedParts';
import { BufferPool } from '../../runtime/bufferPool';
import { addInto } from '../../runtime/hostData';
import type { Runtime, RuntimeTensor } from '../../runtime/runtime';
import type { Chunk, ChunkHead } from './chunkHead';
import { TiledHead } from './tiledHead';
import { WholeHead } from './wholeHead';

/** Logits of a chunk take at most this many bytes. */
const MAX_LOGIT_BYTES = 64 << 20;
/** Supervised tokens at once beyond which nothing gets faster: of a head in bytes fewer, at half of the memory. */
const FAST_CHUNK: Readonly<Record<BaseFormat, number>> = { float32: 1024, int8: 256 };
const MIN_CHUNK = 16;

/** Supervised tokens whose logits are computed at once, at most. A head in bytes has those of one tile at a time. */
export function largestChunk(vocabularySize: number, base: BaseFormat): number {
  const width = base === 'int8' ? Math.min(vocabularySize, HEAD_TILE) : vocabularySize;
  const fitting = Math.floor(MAX_LOGIT_BYTES / (4 * width));
  return 2 ** Math.floor(Math.log2(Math.max(MIN_CHUNK, Math.min(FAST_CHUNK[base], fitting))));
}

/** How a model predicts the supervised tokens of a batch. */
export interface TokenScores {
  /** Σ negative log-likelihood. Nats. */
  readonly loss: number;
  /** [N]: 1 where a token is supervised and its target is the likeliest, the first among equals; 0 elsewhere. */
  readonly hits: Uint8Array;
}

/** Loss of supervised tokens from hidden states, in chunks, so that the logits of a batch are never held at once. */
export class LossHead {
  private readonly buffers: BufferPool;
  private readonly head: ChunkHead;
  private readonly largestChunk: number;
  /** Targets of a chunk, int64 [C], by C. */
  private readonly labels = new Map<number, Chunk['targets']>();
  /** Where gradients of the head's own tensors go, by output. */
  private readonly gradients: ReadonlyMap<string, TrainableTensor>;

  constructor(
    private readonly runtime: Runtime,
    private readonly model: Pick<RunnableModel, 'config' | 'norm' | 'head' | 'quantisedHead'>,
    adapters?: AdapterSet,
  ) {
    this.buffers = new BufferPool(runtime);
    const { config, norm, quantisedHead } = model;
    const trained = trainedHead(config, adapters?.tensors ?? []);
    const tiled = quantisedHead !== undefined && !trained.head;
    this.head = tiled
      ? new TiledHead(runtime, config, quantisedHead, norm, trained)
      : new WholeHead(runtime, config, { norm, head: headInMemory(model) }, trained);
    this.largestChunk = largestChunk(config.vocabularySize, tiled ? 'int8' : 'float32');
    const own = [
      ['normGradient', trained.norm ? adapters?.tensor(FINAL_NORM) : undefined],
      ['headGradient', trained.head ? adapters?.tensor(config.tied ? EMBEDDING : HEAD) : undefined],
    ] as const;
    this.gradients = new Map(own.flatMap(([name, tensor]) => (tensor === undefined ? [] : [[name, tensor] as const])));
  }

  /**
   * Σ weight · negative log-likelihood over the supervised tokens, in nats. hidden [N, D]; targets [N], negative where not
   * supervised. Writes the loss gradient into the rows of supervised tokens of `gradient` [N, D], and adds those of
   * trained tensors of the head.
   */
  async sums(
    hidden: Float32Array,
    targets: Int32Array,
    weight: number,
    gradient: Float32Array,
  ): Promise<{ readonly loss: number }> {
    const width = this.model.config.hiddenSize;
    let total = 0;
    for (const { indices, chunk } of this.chunks(targets)) {
      const loss = this.buffers.tensor('loss', [1, 1]);
      const hiddenGradient = this.buffers.tensor('hiddenGradient', [chunk, width]);
      await this.head.run('training', this.chunk(indices, chunk, hidden, targets, weight), {
        loss,
        hiddenGradient,
        ...this.gradientParts(),
      });
      this.addGradients();
      indices.forEach((index, row) => {
        gradient.set(hiddenGradient.data.subarray(row * width, (row + 1) * width), index * width);
      });
      total += loss.data[0] as number;
    }
    return { loss: total };
  }

  /** What the model makes of the supervised tokens. hidden [N, D]; targets [N], negative where not supervised. */
  async scores(hidden: Float32Array, targets: Int32Array): Promise<TokenScores> {
    const hits = new Uint8Array(targets.length);
    let total = 0;
    for (const { indices, chunk } of this.chunks(targets)) {
      const loss = this.buffers.tensor('loss', [1, 1]);
      const found = this.buffers.tensor('hits', [chunk, 1]);
      await this.head.run('evaluation', this.chunk(indices, chunk, hidden, targets, 1), { loss, hits: found });
      indices.forEach((index, row) => {
        hits[index] = found.data[row] as number;
      });
      total += loss.data[0] as number;
    }
    return { loss: total, hits };
  }

  async dispose(): Promise<void> {
    await this.head.dispose();
    this.buffers.dispose();
  }

  /** Places of supervised tokens, so many at a time as fit a chunk: few shapes, little padding. */
  private *chunks(targets: Int32Array): Generator<{ readonly indices: readonly number[]; readonly chunk: number }> {
    const supervised: number[] = [];
    targets.forEach((target, index) => {
      if (target >= 0) supervised.push(index);
    });
    for (let start = 0; start < supervised.length;) {
      // The smallest power of two that holds what is left.
      const left = supervised.length - start;
      const chunk = Math.min(this.largestChunk, Math.max(MIN_CHUNK, 2 ** Math.ceil(Math.log2(left))));
      const indices = supervised.slice(start, start + chunk);
      yield { indices, chunk };
      start += indices.length;
    }
  }

  private chunk(
    indices: readonly number[],
    size: number,
    hidden: Float32Array,
    targets: Int32Array,
    weight: number,
  ): Chunk {
    const width = this.model.config.hiddenSize;
    const rows = this.buffers.tensor('hidden', [size, width]);
    const weights = this.buffers.tensor('weights', [size, 1]);
    const labels = this.labelsOf(size);
    labels.data.fill(0n);
    rows.data.fill(0);
    weights.data.fill(0);
    indices.forEach((index, row) => {
      rows.data.set(hidden.subarray(index * width, (index + 1) * width), row * width);
      weights.data[row] = weight;
      labels.data[row] = BigInt(targets[index] as number);
    });
    return { size, hidden: rows, targets: labels, weights };
  }

  private labelsOf(size: number): Chunk['targets'] {
    const known = this.labels.get(size);
    if (known !== undefined) return known;
    const made = this.runtime.tensor(new BigInt64Array(size), [size]) as Chunk['targets'];
    this.labels.set(size, made);
    return made;
  }

  private gradientParts(): Record<string, RuntimeTensor & { readonly data: Float32Array }> {
    return Object.fromEntries([...this.gradients].map(([name, { shape }]) => [name, this.buffers.tensor(name, shape)]));
  }

  private addGradients(): void {
    const parts = this.gradientParts();
    for (const [name, { gradient }] of this.gradients) {
      const part = parts[name];
      if (part !== undefined) addInto(gradient, part.data);
    }
  }
}
