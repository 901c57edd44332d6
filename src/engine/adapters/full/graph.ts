import { product } from '../../graph/ops/contraction';
import type { Value } from '../../graph/value';
import type { DeltaGraph } from '../linear';

/** Full fine-tuning: ΔW is the parameter itself, dW = gᵀ x. */
export function fullGraph(w: Value): DeltaGraph {
  return {
    delta: () => w,
    parameterGradients: (xND, gNO) => [product(gNO, xND, { transposeA: true })],
    output: (xND) => product(xND, w, { transposeB: true }),
  };
}
