import { product } from '../../graph/ops/contraction';
import type { Value } from '../../graph/value';
import type { DeltaGraph } from '../linear';
import type { LoraStructure } from '../structure';

/** LoRA (Hu et al. 2021): ΔW = s B A with s = alpha / r.  dA = s (g B)ᵀ x,  dB = s gᵀ (x Aᵀ). */
export function loraGraph({ scale: alpha }: LoraStructure, a: Value, b: Value): DeltaGraph {
  return {
    delta: () => product(b, a, { alpha }),
    parameterGradients: (xND, gNO) => [
      product(product(gNO, b), xND, { transposeA: true, alpha }),
      product(gNO, product(xND, a, { transposeB: true }), { transposeA: true, alpha }),
    ],
  };
}
