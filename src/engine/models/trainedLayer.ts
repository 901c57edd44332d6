import type { AdapterSet, TrainableTensor } from '../adapters/adapterSet';
import type { RuntimeTensor } from '../runtime/runtime';
import { parameterInput, structureKey, type BlockStructures } from './adapterInputs';
import { tensorName } from './blockWeights';

/** What is trained of one decoder layer, as its programs take it. */
export interface TrainedLayer {
  /** Of its adapters, by module. */
  readonly structures: BlockStructures;
  /** Equal for layers that can share programs. */
  readonly key: string;
  /** Trained tensors by the names of their inputs. Those of the model stand over frozen ones of the same name. */
  readonly tensors: ReadonlyMap<string, TrainableTensor>;
  /** These for the runtime, and what the adapters' graphs take beside them, the index tables of a shuffle. */
  readonly feeds: Readonly<Record<string, RuntimeTensor>>;
}

export function trainedLayer(adapters: AdapterSet, layer: number): TrainedLayer {
  const own = adapters.ofLayer(layer);
  const structures = new Map([...own].map(([name, { structure }]) => [name, structure]));
  const tensors = new Map<string, TrainableTensor>();
  for (const [module, { parameters }] of own) {
    for (const parameter of parameters) tensors.set(parameterInput(module, parameter.parameter), parameter);
  }
  const prefix = tensorName(layer, '');
  for (const tensor of adapters.tensors) {
    if (tensor.name.startsWith(prefix)) tensors.set(tensor.name.slice(prefix.length), tensor);
  }
  const feeds: Record<string, RuntimeTensor> = Object.fromEntries(
    [...tensors].map(([name, { tensor }]) => [name, tensor]),
  );
  for (const [module, { permutation }] of own) {
    for (const [name, table] of permutation) feeds[parameterInput(module, name)] = table;
  }
  return { structures, key: structureKey(structures), tensors, feeds };
}
