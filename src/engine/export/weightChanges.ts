import type { AdapterModule } from '../checkpoint/adapterState';
import type { ModelFolder } from '../weights/modelFolder';
import type { ExportSource } from './exportSource';

/** What is added to each weight, by its name: one ΔW after another, in order. */
export type WeightChanges = ReadonlyMap<string, readonly AdapterModule[]>;

/**
 * All that the adapter adds, what was merged before included. Throws a UserError when the base model lacks a tensor that
 * the adapter changes, or has it in another shape.
 */
export function weightChanges({ adapter, weights }: Pick<ExportSource, 'adapter' | 'weights'>): WeightChanges {
  return changesOf([...adapter.merged, adapter.modules], weights);
}

/** The model as the adapter's training had it at its end: with what was merged before, without the adapter. */
export function trainedModel({ adapter, weights }: Pick<ExportSource, 'adapter' | 'weights'>): ModelFolder {
  return adapter.merged.length === 0 ? weights : changedModel(weights, changesOf(adapter.merged, weights));
}

function changesOf(parts: readonly (readonly AdapterModule[])[], weights: ModelFolder): WeightChanges {
  const changes = new Map<string, readonly AdapterModule[]>();
  for (const module of parts.flat()) {
    const name = `${module.linear.name}.weight`;
    weights.requireTensor(name, [module.linear.dOut, module.linear.dIn]);
    changes.set(name, [...(changes.get(name) ?? []), module]);
  }
  return changes;
}

/**
 * Adds each ΔW to `weight`, in place and in float32, so that every sum is rounded once. The order matters to the last
 * bit: a run that merged on its way gets the same base again only in the order in which it did.
 */
export function addDeltas(weight: Float32Array, modules: readonly AdapterModule[]): void {
  for (const { linear, structure, parameters } of modules) {
    const delta = structure.deltaWeight(parameters);
    if (delta.length !== weight.length) {
      throw new Error(`${linear.name} has ${weight.length} weights, its ΔW ${delta.length}`);
    }
    for (let i = 0; i < weight.length; i++) weight[i] = (weight[i] as number) + (delta[i] as number);
  }
}

/** The model with the changes made, each weight when it is read, in float32. The arrays that it gives are the caller's. */
export function changedModel(weights: ModelFolder, changes: WeightChanges): ModelFolder {
  return {
    folder: weights.folder,
    tensors: weights.tensors,
    has: (name) => weights.has(name),
    shape: (name) => weights.shape(name),
    requireTensor: (name, shape) => weights.requireTensor(name, shape),
    readFloat32: async (name) => {
      const values = await weights.readFloat32(name);
      addDeltas(values, changes.get(name) ?? []);
      return values;
    },
    close: () => weights.close(),
  };
}
