import { product } from '../../graph/ops/contraction';
import { once } from '../../graph/once';
import type { Value } from '../../graph/value';
import type { DeltaGraph } from '../linear';
import type { LoraStructure } from '../structure';

/** LoRA (Hu et al. 2021): ΔW = s B A with s = alpha / r.  dA = s (g B)ᵀ x,  dB = s gᵀ (x Aᵀ). */
export function loraGraph({ scale: alpha }: LoraStructure, a: Value, b: Value): DeltaGraph {
  const down = once((xND) => product(xND, a, { transposeB: true }));
  return {
    delta: () => product(b, a, { alpha }),
    parameterGradients: (xND, gNO) => [
      product(product(gNO, b), xND, { transposeA: true, alpha }),
      product(gNO, down(xND), { transposeA: true, alpha }),
    ],
    output: (xND) => product(down(xND), b, { transposeB: true, alpha }),
  };
}
