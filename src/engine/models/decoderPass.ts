import type { AdapterSet, ModuleAdapter } from '../adapters/adapterSet';
import { attentionMask } from '../data/attentionMask';
import type { PackedBatch } from '../data/packing';
import type { Keep, SplitGraph } from '../graph/partition';
import {
  blockPrograms,
  parameterInput,
  structureKey,
  weightNormOutputs,
  type BlockProgramOptions,
} from './blockPrograms';
import { blockLinears, type LayerKind } from './decoderConfig';
import { embed } from './embedding';
import type { LoadedModel } from './loadedModel';
import { rotaryTables, plainUpTo, type RotaryConfig, type RotaryTables } from './rotary';
import { BufferPool } from '../runtime/bufferPool';
import { ProgramCache } from '../runtime/programCache';
import type { Runtime, RuntimeTensor } from '../runtime/runtime';

type Feeds = Record<string, RuntimeTensor>;

/** One decoder layer with what its programs need every time. */
interface Layer {
  readonly index: number;
  readonly kind: LayerKind;
  readonly adapters: ReadonlyMap<string, ModuleAdapter>;
  readonly key: string;
  /** Weights and parameters by input name. */
  readonly fixed: Feeds;
}

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
  readonly shape: { readonly rows: number; readonly length: number };
  readonly kept: readonly Keep[];
}

/**
 * Runs the decoder blocks over a packed batch, forward and backward. The loop over blocks is here; what a block
 * computes is in its programs. Not reentrant: one batch at a time.
 */
export class DecoderPass {
  private readonly programs: ProgramCache;
  private readonly buffers: BufferPool;
  private readonly layers: readonly Layer[];
  private readonly graphs = new Map<string, SplitGraph>();
  private readonly angles = new Map<string, RotaryTables>();
  private batch: RunningBatch | undefined;

  /** `keptLayers`: how many of the upper layers keep their products for the backward pass; the others compute again. */
  constructor(
    private readonly runtime: Runtime,
    private readonly model: LoadedModel,
    private readonly adapters: AdapterSet,
    private readonly keptLayers = Infinity,
  ) {
    this.programs = new ProgramCache(runtime);
    this.buffers = new BufferPool(runtime);
    this.layers = model.blocks.map((weights, index) => {
      const own = adapters.ofLayer(index);
      const fixed: Feeds = Object.fromEntries(weights);
      for (const [module, { parameters, permutation }] of own) {
        for (const { parameter, tensor } of parameters) fixed[parameterInput(module, parameter)] = tensor;
        for (const [name, tensor] of permutation) fixed[parameterInput(module, name)] = tensor;
      }
      const kind = model.config.layerKinds[index];
      if (kind === undefined) throw new Error(`layer ${index} is of no kind`);
      return {
        index,
        kind,
        adapters: own,
        fixed,
        key: structureKey(new Map([...own].map(([name, { structure }]) => [name, structure]))),
      };
    });
  }

  /**
   * Hidden states after the last block, [B·T, D], before the final norm. With `training`, what the backward pass needs
   * is kept until the next forward. The result is valid until the next forward.
   */
  async forward(batch: PackedBatch, training: boolean): Promise<Float32Array> {
    const shape = { rows: batch.rows, length: batch.rowLength };
    const width = this.model.config.hiddenSize;
    const activation = [shape.rows * shape.length, width];
    const feeds = this.batchFeeds(batch);
    const kept = this.layers.map((layer): Keep => (training && this.keepsProducts(layer) ? 'products' : 'nothing'));
    this.batch = { feeds, shape, kept };

    // Without a backward pass two buffers take turns.
    const stream = (layer: number): RuntimeTensor & { data: Float32Array } =>
      this.buffers.tensor(`stream.${training ? layer : layer % 2}`, activation);
    embed(batch.tokens, this.model.embedding, width, this.model.config.embeddingScale, stream(0).data);
    for (const layer of this.layers) {
      const options = this.optionsOf(layer, kept[layer.index] ?? 'nothing');
      const { forward, kept: keptValues } = this.graph(layer, options);
      const program = await this.programs.get(this.programKey(layer, options, 'forward'), () => forward);
      const outputs: Feeds = { y: stream(layer.index + 1) };
      for (const [name, value] of keptValues) outputs[name] = this.keptTensor(layer, name, value.shape);
      await program.run({ ...feeds.get(layer.kind), ...layer.fixed, x: stream(layer.index) }, outputs);
    }
    return stream(this.layers.length).data;
  }

  /**
   * Adds the gradient of every adapter parameter for the batch of the last `forward`, from the gradient of the hidden
   * states [B·T, D]. Gradients add up over batches until they are cleared.
   */
  async backward(hiddenGradient: RuntimeTensor): Promise<void> {
    for await (const { adapters, outputs } of this.descend(hiddenGradient, this.adapters.lowestLayer)) {
      for (const [module, { parameters }] of adapters) {
        for (const { parameter, gradient } of parameters) {
          const part = outputs[parameterInput(module, parameter)]?.data as Float32Array;
          for (let i = 0; i < gradient.length; i++) gradient[i] = (gradient[i] as number) + (part[i] as number);
        }
      }
    }
  }

  /**
   * Squared norms of every linear layer's frozen weight and of its gradient for the batch of the last `forward`, from
   * the gradient of the hidden states [B·T, D]. No more than the weight gradients of one block exist at a time.
   */
  async weightNorms(hiddenGradient: RuntimeTensor): Promise<WeightNorms[]> {
    const norms: WeightNorms[] = [];
    for await (const { index, outputs } of this.descend(hiddenGradient, 0, true)) {
      for (const { module } of blockLinears(this.model.config)) {
        const names = weightNormOutputs(module);
        const [weight, gradient] = [outputs[names.weight]?.data[0], outputs[names.gradient]?.data[0]];
        norms.push({ layer: index, module, weight: Number(weight), gradient: Number(gradient) });
      }
    }
    return norms;
  }

  /**
   * Runs the backward program of each block from the last down to `lowest`. What a block's program gave is valid until
   * the next block runs.
   */
  private async *descend(
    hiddenGradient: RuntimeTensor,
    lowest: number,
    weightNorms = false,
  ): AsyncGenerator<Pick<Layer, 'index' | 'adapters'> & { readonly outputs: Readonly<Feeds> }> {
    if (this.batch === undefined) throw new Error('backward needs a forward pass before it');
    const { feeds, shape, kept } = this.batch;
    const activation = [shape.rows * shape.length, this.model.config.hiddenSize];
    let arriving = hiddenGradient;
    for (const layer of this.layers.slice(Math.min(lowest, this.layers.length)).reverse()) {
      const { index } = layer;
      // What a forward program keeps is what training needs of it, so measuring computes all of it again.
      const options: BlockProgramOptions = weightNorms
        ? { keep: 'nothing', inputGradient: index > lowest, kind: layer.kind, weightNorms }
        : this.optionsOf(layer, kept[index] ?? 'nothing');
      const { backward, kept: keptValues } = this.graph(layer, options);
      const program = await this.programs.get(this.programKey(layer, options, 'backward'), () => backward);
      const inputs: Feeds = {
        ...feeds.get(layer.kind),
        ...layer.fixed,
        outputGradient: arriving,
        x: this.buffers.tensor(`stream.${index}`, activation),
      };
      for (const [name, value] of keptValues) inputs[name] = this.keptTensor(layer, name, value.shape);
      const outputs: Feeds = {};
      for (const [name, { shape: size }] of backward.outputs) {
        outputs[name] =
          name === 'inputGradient'
            ? this.buffers.tensor(`gradient.${index % 2}`, activation)
            : this.buffers.tensor(`backward.${name}`, size);
      }
      await program.run(inputs, outputs);
      yield { index, adapters: layer.adapters, outputs };
      arriving = outputs.inputGradient ?? arriving;
    }
  }

  /** A buffer for the gradient of the hidden states of the last forward pass, [B·T, D], zeroed. */
  hiddenGradient(): RuntimeTensor & { readonly data: Float32Array } {
    if (this.batch === undefined) throw new Error('a gradient needs a forward pass before it');
    const { rows, length } = this.batch.shape;
    const tensor = this.buffers.tensor('gradient.hidden', [rows * length, this.model.config.hiddenSize]);
    tensor.data.fill(0);
    return tensor;
  }

  async dispose(): Promise<void> {
    await this.programs.dispose();
  }

  private keepsProducts(layer: Layer): boolean {
    return layer.index >= Math.max(this.adapters.lowestLayer, this.layers.length - this.keptLayers);
  }

  private optionsOf(layer: Layer, keep: Keep): BlockProgramOptions {
    return { keep, inputGradient: layer.index > this.adapters.lowestLayer, kind: layer.kind };
  }

  private graph(layer: Layer, options: BlockProgramOptions): SplitGraph {
    const key = this.programKey(layer, options, 'graph');
    let graph = this.graphs.get(key);
    if (graph === undefined) {
      const structures = new Map([...layer.adapters].map(([name, { structure }]) => [name, structure]));
      graph = blockPrograms(this.model.config, this.batch?.shape ?? { rows: 0, length: 0 }, structures, options);
      this.graphs.set(key, graph);
    }
    return graph;
  }

  private programKey(
    layer: Layer,
    { keep, inputGradient, kind, weightNorms = false }: BlockProgramOptions,
    part: string,
  ): string {
    const { rows, length } = this.batch?.shape ?? { rows: 0, length: 0 };
    // With nothing kept the forward program does not depend on what the backward program gives.
    const variant = part === 'forward' && keep === 'nothing' ? '' : inputGradient;
    const measure = weightNorms && part !== 'forward' ? 'norms' : '';
    return `${part}${measure} ${rows}x${length} ${keep} ${variant} ${kind.rotary?.size ?? 0} ${layer.key}`;
  }

  private keptTensor(layer: Layer, name: string, shape: readonly number[]): RuntimeTensor {
    return this.buffers.tensor(`${layer.index}.${name}`, shape);
  }

  /** Positions, angles and mask for each kind of layer. */
  private batchFeeds(batch: PackedBatch): ReadonlyMap<LayerKind, Feeds> {
    const { rows, rowLength } = batch;
    const positions = this.runtime.tensor(batch.positions, [rows, rowLength]);
    const longest = batch.positions.reduce((most, position) => Math.max(most, Number(position) + 1), 0);
    const masks = new Map<number | undefined, RuntimeTensor>();
    const mask = (window: number | undefined): RuntimeTensor => {
      // A window that reaches over the whole row is none: such layers share the plain mask.
      const key = window !== undefined && window < longest ? window : undefined;
      const made =
        masks.get(key) ??
        this.runtime.tensor(attentionMask(batch.segments, rows, rowLength, key), [rows, rowLength, rowLength]);
      masks.set(key, made);
      return made;
    };
    return new Map(
      [...new Set(this.layers.map(({ kind }) => kind))].map((kind) => [
        kind,
        {
          mask: mask(kind.window),
          ...(kind.rotary && { positions, ...this.angleFeeds(kind.rotary, rowLength, longest) }),
        },
      ]),
    );
  }

  private angleFeeds(config: RotaryConfig, rowLength: number, longest: number): Feeds {
    // Tables differ from batch to batch only beyond the context that dynamic and longrope start from.
    const length = longest > plainUpTo(config) ? longest : 0;
    const key = `${JSON.stringify(config)} ${rowLength} ${length}`;
    let tables = this.angles.get(key);
    if (tables === undefined) this.angles.set(key, (tables = rotaryTables(config, rowLength, length)));
    const shape = [rowLength, config.size / 2];
    return {
      cosines: this.runtime.tensor(tables.cosines, shape),
      sines: this.runtime.tensor(tables.sines, shape),
    };
  }
}
