import type { AdapterSet } from '../adapters/adapterSet';
import type { PackedBatch } from '../data/packing';
import type { Keep } from '../graph/partition';
import type { Names } from './blockWeights';
import { weightNormOutputs, type BatchShape } from './blockPrograms';
import { BatchFeeds } from './batchFeeds';
import { addRows, embed } from './embedding';
import { blockLinears, EMBEDDING, type LayerKind } from './decoderConfig';
import { LayerGraphs, LayerPrograms, layersOf, type Layer, type LayerOptions } from './layerPrograms';
import type { RunnableModel } from './loadedModel';
import { BufferPool, type HostBuffer } from '../runtime/bufferPool';
import { addInto } from '../runtime/hostData';
import type { Shape } from '../graph/value';
import type { Runtime, RuntimeTensor } from '../runtime/runtime';

type Feeds = Record<string, RuntimeTensor>;

/** Squared norms of a linear layer's frozen weight and of the loss gradient with respect to it. */
export interface WeightNorms {
  readonly layer: number;
  readonly module: string;
  /** ‖W‖² */
  readonly weight: number;
  /** ‖∂L/∂W‖² */
  readonly gradient: number;
}

/** The batch of the last forward pass, until the next. */
interface RunningBatch {
  readonly feeds: ReadonlyMap<LayerKind, Feeds>;
  readonly shape: BatchShape;
  readonly kept: readonly Keep[];
  readonly tokens: Int32Array;
}

/** What the backward program of a block gave besides the gradient that goes on. */
interface LayerResults {
  readonly layer: Layer;
  readonly results: Readonly<Record<string, HostBuffer>>;
}

/**
 * Runs the decoder blocks over a packed batch, forward and backward. The loop over blocks is here; what a block
 * computes is in its programs. Not reentrant: one batch at a time.
 */
export class DecoderPass {
  private readonly programs: LayerPrograms;
  private readonly buffers: BufferPool;
  private readonly layers: readonly Layer[];
  private readonly feeds: BatchFeeds;
  private batch: RunningBatch | undefined;

  /**
   * `keptLayers`: how many of the upper layers keep their products for the backward pass; the others compute again. `graphs`:
   * those of other passes over the model, which need not be made again.
   */
  constructor(
    private readonly runtime: Runtime,
    private readonly model: Pick<RunnableModel, 'config' | 'base' | 'embedding' | 'blocks'>,
    private readonly adapters: AdapterSet,
    private readonly keptLayers = Infinity,
    private readonly graphs = new LayerGraphs(model),
  ) {
    this.programs = new LayerPrograms(runtime, graphs);
    this.buffers = new BufferPool(runtime);
    this.feeds = new BatchFeeds(runtime, model.config.layerKinds);
    this.layers = layersOf(model.config, adapters);
  }

  /**
   * Hidden states after the last block, [B·T, D], before the final norm. With `training`, what the backward pass needs
   * is kept until the next forward. The result is valid until the next forward. Throws the signal's reason, within a block
   * of its abort.
   */
  async forward(batch: PackedBatch, training: boolean, signal?: AbortSignal): Promise<Float32Array> {
    const shape = { rows: batch.rows, length: batch.rowLength };
    const width = this.model.config.hiddenSize;
    const activation = [shape.rows * shape.length, width];
    const feeds = this.feeds.of(batch);
    const kept = this.layers.map((layer): Keep => (training && this.keepsProducts(layer) ? 'products' : 'nothing'));
    this.batch = { feeds, shape, kept, tokens: batch.tokens };

    const { first, last } = this.ends(activation);
    embed(batch.tokens, this.model.embedding, width, this.model.config.embeddingScale, first.data);
    // All results have their place before a program runs. Made layer by layer, what is kept would come to lie between the
    // pieces that programs take and give back, which then no longer fit into one place that stays in the processor's cache.
    const runs = this.layers.map((layer) => {
      const options = this.optionsOf(layer, kept[layer.index] ?? 'nothing');
      const { forward, kept: keptValues } = this.graphs.of(layer, shape, options);
      const outputs: Feeds = { y: this.stream(layer.index + 1, training, activation) };
      for (const [name, value] of keptValues) outputs[name] = this.keptTensor(layer, name, value.shape);
      return { layer, options, forward, outputs };
    });
    for (const { layer, options, forward, outputs } of runs) {
      signal?.throwIfAborted();
      const program = await this.programs.get('forward', layer, shape, options);
      const inputs = {
        ...feeds.get(layer.kind),
        ...(await this.weights(layer, forward.inputs)),
        x: this.stream(layer.index, training, activation),
      };
      await program.run(inputs, outputs);
    }
    return last.data;
  }

  /**
   * Adds the gradient of everything that is trained for the batch of the last `forward`, from the gradient of the hidden
   * states [B·T, D]. Gradients add up over batches until they are cleared.
   */
  async backward(hiddenGradient: RuntimeTensor): Promise<void> {
    for await (const { layer, results } of this.descend(hiddenGradient, this.adapters.lowestLayer)) {
      for (const [name, { gradient }] of layer.trained.tensors) {
        const part = results[name];
        if (part === undefined) throw new Error(`a block's program gave no gradient of ${name}`);
        addInto(gradient, part.data);
      }
    }
    const embedding = this.adapters.tensor(EMBEDDING);
    if (embedding !== undefined && this.batch !== undefined) {
      const { tokens } = this.batch;
      const { hiddenSize, embeddingScale } = this.model.config;
      const rows = this.embeddingGradient([tokens.length, hiddenSize]);
      addRows(embedding.gradient, rows.data, tokens, hiddenSize, embeddingScale);
    }
  }

  /**
   * Squared norms of every linear layer's frozen weight and of its gradient for the batch of the last `forward`, from
   * the gradient of the hidden states [B·T, D]. No more than the weight gradients of one block exist at a time.
   * `onLayer` is called after each block, from the last to the first; what it throws ends the pass.
   */
  async weightNorms(hiddenGradient: RuntimeTensor, onLayer?: (layer: number) => void): Promise<WeightNorms[]> {
    const norms: WeightNorms[] = [];
    for await (const { layer, results } of this.descend(hiddenGradient, 0, true)) {
      onLayer?.(layer.index);
      for (const { module } of blockLinears(this.model.config)) {
        const names = weightNormOutputs(module);
        const [weight, gradient] = [results[names.weight]?.data[0], results[names.gradient]?.data[0]];
        norms.push({ layer: layer.index, module, weight: Number(weight), gradient: Number(gradient) });
      }
    }
    return norms;
  }

  /**
   * Runs the backward program of each block from the last down to `lowest`. Yields what a block's program gave besides
   * the gradient that goes on to the next; it is valid until the next is asked for. A runtime that queues runs has the
   * next program before, where all weights are in memory: it then never waits for who reads these.
   */
  private async *descend(
    hiddenGradient: RuntimeTensor,
    lowest: number,
    weightNorms = false,
  ): AsyncGenerator<LayerResults> {
    if (this.batch === undefined) throw new Error('backward needs a forward pass before it');
    const activation = [this.batch.shape.rows * this.batch.shape.length, this.model.config.hiddenSize];
    const runsAhead = this.runtime.queuesRuns === true && this.model.blocks.inMemory === true;
    let arriving = hiddenGradient;
    let running: (LayerResults & { readonly done: Promise<void> }) | undefined;
    for (const layer of this.layers.filter(({ index }) => index >= lowest).reverse()) {
      // What a forward program keeps is what training needs of it, so measuring computes all of it again.
      const options: LayerOptions = weightNorms
        ? { keep: 'nothing', inputGradient: layer.index > lowest, weightNorms }
        : this.optionsOf(layer, this.batch.kept[layer.index] ?? 'nothing');
      const inputGradient = options.inputGradient ? this.inputGradient(layer.index, activation) : undefined;
      const before = running;
      running = await this.startBackward(layer, this.batch, options, arriving, inputGradient);
      if (before !== undefined) {
        await before.done;
        yield before;
      }
      if (!runsAhead) await running.done;
      arriving = inputGradient ?? arriving;
    }
    if (running === undefined) return;
    await running.done;
    yield running;
  }

  /** Asks for the backward program of a block. */
  private async startBackward(
    layer: Layer,
    { feeds, shape }: RunningBatch,
    options: LayerOptions,
    outputGradient: RuntimeTensor,
    inputGradient: RuntimeTensor | undefined,
  ): Promise<LayerResults & { readonly done: Promise<void> }> {
    const { backward, kept } = this.graphs.of(layer, shape, options);
    const program = await this.programs.get('backward', layer, shape, options);
    const inputs: Feeds = {
      ...feeds.get(layer.kind),
      ...(await this.weights(layer, backward.inputs)),
      outputGradient,
      x: this.stream(layer.index, true, outputGradient.shape),
    };
    for (const [name, value] of kept) inputs[name] = this.keptTensor(layer, name, value.shape);
    const results: Record<string, HostBuffer> = {};
    for (const [name, { shape: size }] of backward.outputs) {
      // Those of one block are read while the next one's are written.
      if (name !== 'inputGradient') results[name] = this.buffers.tensor(`backward.${layer.index % 2}.${name}`, size);
    }
    const done = program.run(inputs, { ...results, ...(inputGradient && { inputGradient }) });
    done.catch(() => undefined); // awaited by whoever goes on, unless an earlier one fails
    return { layer, results, done };
  }

  /** A buffer for the gradient of the hidden states of the last forward pass, [B·T, D], zeroed. */
  hiddenGradient(): HostBuffer {
    if (this.batch === undefined) throw new Error('a gradient needs a forward pass before it');
    const { rows, length } = this.batch.shape;
    const tensor = this.buffers.tensor('gradient.hidden', [rows * length, this.model.config.hiddenSize]);
    tensor.data.fill(0);
    return tensor;
  }

  async dispose(): Promise<void> {
    await this.programs.dispose();
    this.buffers.dispose();
    this.feeds.dispose();
  }

  /** What goes into the first block and what comes out of the last one, [B·T, D]. */
  private ends(activation: Shape): { readonly first: HostBuffer; readonly last: HostBuffer } {
    return {
      first: this.buffers.tensor('stream.first', activation),
      last: this.buffers.tensor('stream.last', activation),
    };
  }

  /** What goes into block `index`, [B·T, D]; for a backward pass all are kept, and two buffers take turns without one. */
  private stream(index: number, training: boolean, activation: Shape): RuntimeTensor {
    const { first, last } = this.ends(activation);
    if (index === 0) return first;
    if (index === this.layers.length) return last;
    return this.buffers.resident(`stream.${training ? index : index % 2}`, activation);
  }

  /** Where the gradient of what went into block `index` goes, [B·T, D]. */
  private inputGradient(index: number, activation: Shape): RuntimeTensor {
    return index === 0
      ? this.embeddingGradient(activation)
      : this.buffers.resident(`gradient.${index % 2}`, activation);
  }

  private embeddingGradient(activation: Shape): HostBuffer {
    return this.buffers.tensor('gradient.embedding', activation);
  }

  /** Frozen weights that a program takes, and what is trained of a layer. */
  private async weights(layer: Layer, needed: Names): Promise<Feeds> {
    return { ...Object.fromEntries(await this.model.blocks.get(layer.index, needed)), ...layer.trained.feeds };
  }

  private keepsProducts(layer: Layer): boolean {
    return layer.index >= Math.max(this.adapters.lowestLayer, this.layers.length - this.keptLayers);
  }

  private optionsOf({ index }: Layer, keep: Keep): LayerOptions {
    return { keep, inputGradient: index > this.adapters.lowestLayer };
  }

  private keptTensor(layer: Layer, name: string, shape: readonly number[]): RuntimeTensor {
    return this.buffers.resident(`${layer.index}.${name}`, shape);
  }
}
