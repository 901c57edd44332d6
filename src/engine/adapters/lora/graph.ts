import { product } from '../../graph/ops/contraction';
import { withDerivative } from '../../graph/ops/derived';
import { after } from '../../graph/ops/order';
import { once } from '../../graph/once';
import type { Value } from '../../graph/value';
import type { DeltaGraph } from '../linear';
import type { LoraStructure } from '../structure';

/** LoRA (Hu et al. 2021): ΔW = s B A with s = alpha / r.  dA = s (g B)ᵀ x,  dB = s gᵀ (x Aᵀ),  dx = s g B A. */
export function loraGraph({ scale: alpha }: LoraStructure, a: Value, b: Value): DeltaGraph {
  const down = once((xND) => product(xND, a, { transposeB: true }));
  const gradientOfA = (xND: Value, gB: Value): Value => product(gB, xND, { transposeA: true, alpha });
  const gradientOfB = (xND: Value, gNO: Value): Value => product(gNO, down(xND), { transposeA: true, alpha });
  return {
    delta: () => product(b, a, { alpha }),
    parameterGradients: (xND, gNO) => [gradientOfA(xND, product(gNO, b)), gradientOfB(xND, gNO)],
    output: (xND) =>
      withDerivative(product(down(xND), b, { transposeB: true, alpha }), [xND, a, b], (gNO) => {
        const dB = gradientOfB(xND, gNO);
        const gB = product(after(gNO, [dB]), b);
        const dA = gradientOfA(xND, gB);
        return [product(after(gB, [dA]), a, { alpha }), dA, dB];
      }),
  };
}
