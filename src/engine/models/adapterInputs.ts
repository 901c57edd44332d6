import type { GraphAdapter } from '../adapters/linear';
import { permutationInputs, type PermutationInput } from '../adapters/permutation';
import type { AdapterStructure, ParameterName } from '../adapters/structure';
import type { ElementType, Shape, Value } from '../graph/value';

/** Adapters of one block by module name. Blocks with the same ones share their programs. */
export type BlockStructures = ReadonlyMap<string, AdapterStructure>;

/** The adapters of a block in its graph. */
export interface AdapterInputs {
  /** By module name. */
  readonly adapters: ReadonlyMap<string, GraphAdapter>;
  /** The trained matrices by the names of their inputs. */
  readonly parameters: ReadonlyMap<string, Value>;
}

/** Name of an adapter's parameter or index table among the inputs of a block's programs; gradients are outputs of that name. */
export function parameterInput(module: string, parameter: ParameterName | PermutationInput): string {
  return `${module}.${parameter}`;
}

/** Declares the matrices and index tables of a block's adapters as inputs. */
export function adapterInputs(
  structures: BlockStructures,
  named: (name: string, shape: Shape, type?: ElementType) => Value,
): AdapterInputs {
  const adapters = new Map<string, GraphAdapter>();
  const parameters = new Map<string, Value>();
  for (const [module, structure] of structures) {
    const values = new Map<ParameterName, Value>();
    for (const [name, shape] of structure.parameterShapes) {
      const value = named(parameterInput(module, name), shape);
      values.set(name, value);
      parameters.set(parameterInput(module, name), value);
    }
    const permutation = permutationInputs(structure).map(
      ([name, length]) => [name, named(parameterInput(module, name), [length], 'int64')] as const,
    );
    adapters.set(module, { structure, parameters: values, permutation: new Map(permutation) });
  }
  return { adapters, parameters };
}

/** Equal for blocks that can share programs. */
export function structureKey(structures: BlockStructures): string {
  return [...structures]
    .map(([module, structure]) => {
      const shapes = [...structure.parameterShapes].map(([name, shape]) => `${name}${shape.join('x')}`).join(',');
      const shuffled = structure.method === 'mora' && structure.permutation !== null ? ' shuffled' : '';
      const kind = structure.method === 'mora' ? `mora${structure.type}${shuffled}` : structure.method;
      const scale = structure.method === 'lora' ? `*${structure.scale}` : '';
      return `${module}:${kind}${scale}:${shapes}`;
    })
    .join(';');
}
