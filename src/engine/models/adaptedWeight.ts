import { adaptedWeight, type GraphAdapter } from '../adapters/linear';
import { permutationInputs } from '../adapters/permutation';
import type { AdapterStructure, ParameterName } from '../adapters/structure';
import type { Program } from '../graph/program';
import { input, type Value } from '../graph/value';

/**
 * W + ΔW of one linear layer, for whoever runs it so often that adding ΔW each time would cost more than keeping the sum.
 * Inputs: "weight" [dOut, dIn], the adapter's parameters and the index tables of its shuffle by name. Output: "adapted".
 */
export function adaptedWeightProgram(structure: AdapterStructure): Program {
  const weight = input('weight', [structure.dOut, structure.dIn]);
  const parameters = new Map<ParameterName, Value>();
  for (const [name, shape] of structure.parameterShapes) parameters.set(name, input(name, shape));
  const permutation = new Map(
    permutationInputs(structure).map(([name, length]) => [name, input(name, [length], 'int64')] as const),
  );
  const adapter: GraphAdapter = { structure, parameters, permutation };
  return {
    inputs: new Map<string, Value>([['weight', weight], ...parameters, ...permutation]),
    outputs: new Map([['adapted', adaptedWeight(weight, adapter)]]),
  };
}
