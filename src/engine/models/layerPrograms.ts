import type { AdapterSet } from '../adapters/adapterSet';
import type { SplitGraph } from '../graph/partition';
import type { Executable, Runtime } from '../runtime/runtime';
import { ProgramCache } from '../runtime/programCache';
import { blockPrograms, type BatchShape, type BlockProgramOptions } from './blockPrograms';
import { isNorm, type DecoderConfig, type LayerKind } from './decoderConfig';
import type { RunnableModel } from './loadedModel';
import { trainedLayer, type TrainedLayer } from './trainedLayer';

/** One decoder layer with what its programs need every time. */
export interface Layer {
  readonly index: number;
  readonly kind: LayerKind;
  readonly trained: TrainedLayer;
  /** Whether its norms are trained. */
  readonly trainedNorms: boolean;
}

/** The layers of a decoder with what is trained of each. */
export function layersOf({ layerKinds }: DecoderConfig, adapters: AdapterSet): Layer[] {
  return layerKinds.map((kind, index) => {
    const trained = trainedLayer(adapters, index);
    return { index, kind, trained, trainedNorms: [...trained.tensors.keys()].some(isNorm) };
  });
}

/** How a layer takes part in a pass. */
export type LayerOptions = Pick<BlockProgramOptions, 'keep' | 'inputGradient' | 'weightNorms'>;

/** Graphs of decoder layers, each made once for all layers, batches and replicas that are alike. */
export class LayerGraphs {
  private readonly graphs = new Map<string, SplitGraph>();

  constructor(private readonly model: Pick<RunnableModel, 'config' | 'base'>) {}

  /** Both programs of a layer, not compiled. */
  of(layer: Layer, shape: BatchShape, options: LayerOptions): SplitGraph {
    const key = keyOf('graph', layer, shape, options);
    let graph = this.graphs.get(key);
    if (graph === undefined) {
      const { kind, trained, trainedNorms } = layer;
      graph = blockPrograms(this.model.config, shape, trained.structures, {
        ...options,
        base: this.model.base,
        kind,
        trainedNorms: trainedNorms && options.weightNorms !== true,
      });
      this.graphs.set(key, graph);
    }
    return graph;
  }
}

/** Programs of such graphs, each compiled once. */
export class LayerPrograms {
  private readonly compiled: ProgramCache;

  constructor(
    runtime: Runtime,
    private readonly graphs: LayerGraphs,
  ) {
    this.compiled = new ProgramCache(runtime);
  }

  get(part: 'forward' | 'backward', layer: Layer, shape: BatchShape, options: LayerOptions): Promise<Executable> {
    return this.compiled.get(keyOf(part, layer, shape, options), () => this.graphs.of(layer, shape, options)[part]);
  }

  dispose(): Promise<void> {
    return this.compiled.dispose();
  }
}

/** Layers of another kind share programs when they turn as many numbers of a head: mask and angles are inputs. */
function keyOf(
  part: 'graph' | 'forward' | 'backward',
  { kind, trained, trainedNorms }: Layer,
  { rows, length }: BatchShape,
  { keep, inputGradient, weightNorms = false }: LayerOptions,
): string {
  // With nothing kept the forward program does not depend on what the backward program gives.
  const variant =
    part === 'forward' && keep === 'nothing' ? '' : `${inputGradient} ${trainedNorms} ${weightNorms ? 'norms' : ''}`;
  return `${part} ${rows}x${length} ${keep} ${variant} ${kind.rotary?.size ?? 0} ${trained.key}`;
}
