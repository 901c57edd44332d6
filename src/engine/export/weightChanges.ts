import type { AdapterModule } from '../checkpoint/adapterState';
import { readBy, type ModelFolder } from '../weights/modelFolder';
import type { ExportSource } from './exportSource';

/** What becomes of the weights of a model, by their names. */
export interface WeightChanges {
  /** One ΔW after another, in order. */
  readonly added: ReadonlyMap<string, readonly AdapterModule[]>;
  /** Tensors that were trained in full: their values. */
  readonly replaced: ReadonlyMap<string, Float32Array>;
}

/**
 * All that the adapter changes, what was merged before included. Throws a UserError when the base model lacks a tensor
 * that the adapter changes, or has it in another shape.
 */
export function weightChanges({ adapter, weights }: Pick<ExportSource, 'adapter' | 'weights'>): WeightChanges {
  const { merged, modules, trained } = adapter;
  return { added: addedBy([...merged, modules], weights), replaced: trained };
}

/** The model that the adapter sits on: with what was merged before and what was trained in full. */
export function trainedModel({ adapter, weights }: Pick<ExportSource, 'adapter' | 'weights'>): ModelFolder {
  const { merged, trained } = adapter;
  return changedModel(weights, { added: addedBy(merged, weights), replaced: trained });
}

function addedBy(parts: readonly (readonly AdapterModule[])[], weights: ModelFolder): WeightChanges['added'] {
  const added = new Map<string, readonly AdapterModule[]>();
  for (const module of parts.flat()) {
    const name = `${module.linear.name}.weight`;
    weights.requireTensor(name, [module.linear.dOut, module.linear.dIn]);
    added.set(name, [...(added.get(name) ?? []), module]);
  }
  return added;
}

/** Whether a tensor is another than in the base. */
export function isChanged({ added, replaced }: WeightChanges, name: string): boolean {
  return added.has(name) || replaced.has(name);
}

/**
 * A weight with its changes, in float32: every sum is rounded once. The order matters to the last bit: a run that merged
 * on its way gets the same base again only in the order in which it did. `read` gives the base's; the result is the
 * caller's.
 */
export async function changedWeight(
  { added, replaced }: WeightChanges,
  name: string,
  read: () => Promise<Float32Array>,
): Promise<Float32Array> {
  const weight = replaced.get(name)?.slice() ?? (await read());
  for (const { linear, structure, parameters } of added.get(name) ?? []) {
    const delta = structure.deltaWeight(parameters);
    if (delta.length !== weight.length) {
      throw new Error(`${linear.name} has ${weight.length} weights, its ΔW ${delta.length}`);
    }
    for (let i = 0; i < weight.length; i++) weight[i] = (weight[i] as number) + (delta[i] as number);
  }
  return weight;
}

/** The model with the changes made, each weight when it is read; the model itself where there are none. */
export function changedModel(weights: ModelFolder, changes: WeightChanges): ModelFolder {
  if (changes.added.size === 0 && changes.replaced.size === 0) return weights;
  return readBy(weights, async (name, into) => {
    const values = await changedWeight(changes, name, () => weights.readFloat32(name, into));
    if (into !== undefined && values !== into) into.set(values);
    return into ?? values;
  });
}
