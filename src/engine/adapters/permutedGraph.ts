import { columns, rows } from '../graph/ops/lookup';
import { withDerivative } from '../graph/ops/derived';
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
  /** Columns of x in another order; the derivative puts them back. */
  const shuffled = (x: Value, order: PermutationInput, back: PermutationInput): Value =>
    withDerivative(columns(x, table(order)), [x], (gradient) => [columns(gradient, table(back))], { dear: false });
  const inputs = once((xND) => shuffled(xND, 'columnsBack', 'columns'));
  return {
    delta: () => rows(columns(inner.delta(), table('columns')), table('rows')),
    parameterGradients: (xND, gNO) => inner.parameterGradients(inputs(xND), columns(gNO, table('rowsBack'))),
    output: (xND) => shuffled(inner.output(inputs(xND)), 'rows', 'rowsBack'),
  };
}
