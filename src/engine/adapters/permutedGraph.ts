import { columns, rows } from '../graph/ops/lookup';
import { once } from '../graph/once';
import type { Value } from '../graph/value';
import type { DeltaGraph } from './linear';
import type { PermutationInput } from './permutation';

/**
 * P_out ΔW₀ P_in of an adapter ΔW₀, whose index tables are given. With G = gᵀ x the gradient of ΔW₀ is
 * P_outᵀ G P_inᵀ = (g P_out)ᵀ (x P_inᵀ): input and output gradient go back to the unshuffled order, and the adapter's
 * own rule does the rest.
 */
export function permutedGraph(inner: DeltaGraph, indices: ReadonlyMap<PermutationInput, Value>): DeltaGraph {
  const table = (name: PermutationInput): Value => {
    const value = indices.get(name);
    if (value === undefined) throw new Error(`the adapter's graph lacks the index table ${name}`);
    return value;
  };
  const inputs = once((xND) => columns(xND, table('columnsBack')));
  const outputs = once((gNO) => columns(gNO, table('rowsBack')));
  return {
    delta: () => rows(columns(inner.delta(), table('columns')), table('rows')),
    parameterGradients: (xND, gNO) => inner.parameterGradients(inputs(xND), outputs(gNO)),
    output: (xND) => columns(inner.output(inputs(xND)), table('rows')),
    inputGradient: (gNO) => columns(inner.inputGradient(outputs(gNO)), table('columns')),
  };
}
