import type { AdapterSet } from '../adapters/adapterSet';
import { cachedBlock, type CachedShape } from '../models/cachedBlock';
import type { LayerKind } from '../models/decoderConfig';
import { embed } from '../models/embedding';
import type { RunnableModel } from '../models/loadedModel';
import { FORWARD } from '../models/frozenInputs';
import { frequencyClass } from '../models/rotary';
import { trainedLayer, type TrainedLayer } from '../models/trainedLayer';
import { BufferPool } from '../runtime/bufferPool';
import type { ProgramCache } from '../runtime/programCache';
import type { Runtime, RuntimeTensor } from '../runtime/runtime';
import { KeyValueCache, type CacheSlots } from './keyValueCache';
import { chunkLength } from './shapeSteps';
import { tokenFeeds, type RowTokens, type TokenBatch } from './tokenFeeds';

/** What of a model a decoder needs. */
export interface DecoderWeights extends Pick<RunnableModel, 'config' | 'base' | 'embedding' | 'blocks'> {
  /** Adapters that are not in the weights but beside them, as in training. */
  readonly adapters?: AdapterSet;
}

/** Scores of a chunk of the prompt take at most this many bytes. */
const MAX_SCORE_BYTES = 64 << 20;
const MAX_CHUNK = 256;

/**
 * Runs the decoder over growing sequences, in B rows that do not see each other, with keys and values of earlier tokens
 * cached: a prompt goes in chunks, then each token by itself. Hidden states are those of a pass over the whole sequence.
 * Not reentrant.
 */
export class CachedDecoder {
  private readonly buffers: BufferPool;
  private readonly cache: KeyValueCache;
  private readonly kinds: readonly LayerKind[];
  /** What is trained of each layer; none without adapters. */
  private readonly trained: readonly TrainedLayer[];
  /** The tokens of each row. */
  private readonly sequences: number[][];

  /** `maxChunk`: most tokens of a prompt at once. Programs are taken from `programs`, so that they outlive this decoder. */
  constructor(
    private readonly runtime: Runtime,
    private readonly weights: DecoderWeights,
    private readonly programs: ProgramCache,
    private readonly rowCount = 1,
    private readonly maxChunk = MAX_CHUNK,
  ) {
    this.buffers = new BufferPool(runtime);
    this.cache = new KeyValueCache(runtime, weights.config, rowCount);
    const { adapters, config } = weights;
    this.kinds = [...new Set(config.layerKinds)];
    this.trained = adapters === undefined ? [] : config.layerKinds.map((_, layer) => trainedLayer(adapters, layer));
    this.sequences = Array.from({ length: rowCount }, () => []);
  }

  /** Tokens of a row so far. */
  tokensOf(row: number): readonly number[] {
    return this.sequences[row] ?? [];
  }

  /** Begins a row anew with these tokens, at least one; returns the hidden state of the last, [D]. */
  async start(row: number, tokens: readonly number[], signal?: AbortSignal): Promise<Float32Array> {
    const { hiddenSize } = this.weights.config;
    const sequence: number[] = [];
    this.sequences[row] = sequence;
    this.cache.reserve(tokens.length);
    let last = new Float32Array(0);
    while (sequence.length < tokens.length) {
      const start = sequence.length;
      const part = tokens.slice(start, start + this.chunkAfter(start));
      const own = { row, start, tokens: part, whole: tokens.length };
      const hidden = await this.forward({ rows: [own], length: chunkLength(part.length) }, signal);
      last = hidden.slice((part.length - 1) * hiddenSize, part.length * hiddenSize);
      sequence.push(...part);
    }
    return last;
  }

  /** One more token for every row that has one; returns hidden states [B, D], without meaning for the others. */
  async step(next: readonly (number | undefined)[], signal?: AbortSignal): Promise<Float32Array> {
    const rows = this.sequences.map((sequence, row): RowTokens & { readonly afresh: boolean } => {
      const token = next[row];
      const [start, tokens] = [sequence.length, token === undefined ? [] : [token]];
      const whole = start + tokens.length;
      return { row, start, tokens, whole, afresh: tokens.length > 0 && this.changesFrequencies(start, whole) };
    });
    this.cache.reserve(Math.max(...rows.map(({ whole }) => whole)));
    const growing = rows.map((own) => (own.afresh ? { ...own, tokens: [] } : own));
    const hidden = growing.some(({ tokens }) => tokens.length > 0)
      ? (await this.forward({ rows: growing, length: 1 }, signal)).slice()
      : new Float32Array(rows.length * this.weights.config.hiddenSize);
    for (const { row, tokens } of growing) this.sequences[row]?.push(...tokens);
    for (const { row, tokens, afresh } of rows) {
      if (!afresh) continue;
      const whole = [...this.tokensOf(row), ...tokens];
      hidden.set(await this.start(row, whole, signal), row * this.weights.config.hiddenSize);
    }
    return hidden;
  }

  /** Beyond the first context of dynamic and longrope, all earlier tokens too are turned differently. */
  private changesFrequencies(before: number, after: number): boolean {
    return this.kinds.some(({ rotary }) => rotary && frequencyClass(rotary, before) !== frequencyClass(rotary, after));
  }

  /** How many tokens of a prompt go at once, after so many. */
  private chunkAfter(cached: number): number {
    let chunk = this.maxChunk;
    while (chunk > 1 && 4 * this.weights.config.heads * chunk * (cached + chunk) > MAX_SCORE_BYTES) chunk >>= 1;
    return chunk;
  }

  /** Hidden states [B·T, D] of new tokens, which are cached. Valid until the next forward. */
  private async forward(batch: TokenBatch, signal: AbortSignal | undefined): Promise<Float32Array> {
    const { config, base, embedding, blocks } = this.weights;
    const { rows, length } = batch;
    // The first chunk of a prompt has nothing before it. A single row is a prompt, all rows are a step.
    const empty = rows.every(({ start }) => start === 0);
    const slotsOf = (layer: number): Partial<CacheSlots> =>
      empty ? {} : this.cache.slots(layer, rows.length === this.rowCount ? undefined : rows[0]?.row);
    const capacityOf = (kind: LayerKind): number => (empty ? 0 : this.cache.capacity(kind));
    const feeds = new Map(
      this.kinds.map((kind) => [kind, tokenFeeds(this.runtime, this.buffers, batch, capacityOf(kind), kind)]),
    );
    const stream = (layer: number): RuntimeTensor & { data: Float32Array } =>
      this.buffers.tensor(`stream.${layer % 2}`, [rows.length * length, config.hiddenSize]);
    const tokens = new Int32Array(rows.length * length);
    rows.forEach((own, index) => tokens.set(own.tokens, index * length));
    embed(tokens, embedding, config.hiddenSize, config.embeddingScale, stream(0).data);

    const fresh = [rows.length, config.keyValueHeads, length, config.headSize];
    const [newKeys, newValues] = [this.buffers.tensor('newKeys', fresh), this.buffers.tensor('newValues', fresh)];
    for (const [layer, kind] of config.layerKinds.entries()) {
      signal?.throwIfAborted();
      const shape = { rows: rows.length, length, capacity: capacityOf(kind) };
      const trained = this.trained[layer];
      const program = await this.programs.get(programKey(shape, kind, trained), () =>
        cachedBlock(config, shape, kind, { base, ...trained }),
      );
      const { keys, values } = slotsOf(layer);
      await program.run(
        {
          ...feeds.get(kind),
          ...Object.fromEntries(await blocks.get(layer, FORWARD)),
          ...trained?.feeds,
          ...(keys && values && { keys, values }),
          x: stream(layer),
        },
        { y: stream(layer + 1), newKeys, newValues },
      );
      rows.forEach(({ row, start, tokens: own }, index) => {
        const made = { keys: newKeys.data, values: newValues.data, row: index, length };
        this.cache.write(layer, row, start, own.length, made);
      });
    }
    return stream(config.layers).data;
  }
}

/** Layers of other kinds share a program when they turn as many numbers of a head: mask and angles are inputs. */
function programKey(
  { rows, length, capacity }: CachedShape,
  { rotary }: LayerKind,
  trained: TrainedLayer | undefined,
): string {
  return `cached ${rows}x${length}+${capacity} ${rotary?.size ?? 0} ${trained?.key ?? ''}`;
}
