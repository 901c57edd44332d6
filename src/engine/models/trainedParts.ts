import type { AdapterConfiguration } from '../../config/schema';
import type { TrainableTensor } from '../adapters/adapterSet';
import { sizeOf, type Shape } from '../graph/value';
import type { HostTensor, Runtime } from '../runtime/runtime';
import { tensorName } from './blockWeights';
import { blockTensors, EMBEDDING, FINAL_NORM, HEAD, isNorm, type DecoderConfig } from './decoderConfig';
import type { TrainedHead } from './head/headParts';
import type { LoadedModel } from './loadedModel';
import { StoredTable } from './storedTable';

/** A part of the model that can be trained in full beside the adapters. */
export type TrainedPart = AdapterConfiguration['alsoTrain'][number];

/** A tensor of the model by its name in the model folder. */
export interface ModelTensor {
  readonly name: string;
  readonly shape: Shape;
  /** Another name of the same tensor: the head that a model ties to its embedding. */
  readonly tied?: string;
}

/** The tensors that parts consist of. Embeddings and head are one tensor where the model ties them. */
export function tensorsOfParts(config: DecoderConfig, parts: readonly TrainedPart[]): ModelTensor[] {
  const table = [config.vocabularySize, config.hiddenSize];
  const embeddings = parts.includes('embeddings') || (config.tied && parts.includes('head'));
  const norms = blockTensors(config).filter(({ name }) => isNorm(name));
  return [
    ...(embeddings ? [{ name: EMBEDDING, shape: table, ...(config.tied && { tied: HEAD }) }] : []),
    ...(parts.includes('norms')
      ? [
          ...Array.from({ length: config.layers }, (_, layer) =>
            norms.map(({ name, shape }) => ({ name: tensorName(layer, name), shape })),
          ).flat(),
          { name: FINAL_NORM, shape: [config.hiddenSize] },
        ]
      : []),
    ...(parts.includes('head') && !config.tied ? [{ name: HEAD, shape: table }] : []),
  ];
}

/** Every tensor that can be trained in full. */
export function trainableModelTensors(config: DecoderConfig): ModelTensor[] {
  return tensorsOfParts(config, ['embeddings', 'head', 'norms']);
}

/** Which of the head's tensors are among the trained ones. */
export function trainedHead(config: DecoderConfig, trained: readonly { readonly name: string }[]): TrainedHead {
  const has = (wanted: string): boolean => trained.some(({ name }) => name === wanted);
  return { norm: has(FINAL_NORM), head: has(config.tied ? EMBEDDING : HEAD) };
}

/**
 * A model whose trained tensors have arrays of their own, and these arrays with room for their gradients. `saved` holds
 * the values of an earlier training by name; what is not in it starts from the model's. The given model stays as it is.
 */
export async function withTrainedTensors(
  model: LoadedModel,
  wanted: readonly ModelTensor[],
  runtime: Runtime,
  saved: ReadonlyMap<string, Float32Array> = new Map(),
): Promise<{ readonly model: LoadedModel; readonly tensors: TrainableTensor[] }> {
  const tensors: TrainableTensor[] = [];
  for (const { name, shape } of wanted) {
    const values = saved.get(name)?.slice() ?? (await copiedValues(model, name));
    if (values.length !== sizeOf(shape))
      throw new RangeError(`${values.length} values for ${name} [${shape.join(', ')}]`);
    tensors.push({
      name,
      shape,
      values,
      tensor: runtime.tensor(values, shape),
      gradient: new Float32Array(values.length),
    });
  }
  const own = (name: string): TrainableTensor | undefined => tensors.find((tensor) => tensor.name === name);
  const { tied } = model.config;
  return {
    model: {
      ...model,
      embedding: own(EMBEDDING)?.values ?? model.embedding,
      norm: own(FINAL_NORM)?.tensor ?? model.norm,
      head: own(tied ? EMBEDDING : HEAD)?.tensor ?? model.head,
    },
    tensors,
  };
}

/** In memory of their own. */
async function copiedValues(model: LoadedModel, name: string): Promise<Float32Array> {
  if (name === EMBEDDING) return copied(model.embedding);
  if (name === HEAD) return copied(model.head);
  if (name === FINAL_NORM) return copied(model.norm);
  const [, layer, rest] = /^model\.layers\.(\d+)\.(.+)$/.exec(name) ?? [];
  const tensor = rest === undefined ? undefined : (await model.blocks.get(Number(layer))).get(rest);
  if (tensor === undefined) throw new Error(`the model has no tensor ${name}`);
  return copied(tensor);
}

function copied(values: Float32Array | StoredTable | HostTensor): Float32Array {
  if (values instanceof StoredTable) return values.values();
  return (values instanceof Float32Array ? values : (values.data as Float32Array)).slice();
}
