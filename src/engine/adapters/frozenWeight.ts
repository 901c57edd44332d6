import { product } from '../graph/ops/contraction';
import { quantisedProduct } from '../graph/ops/quantisation';
import type { Value } from '../graph/value';

/** Number format of the frozen linear weights. */
export type BaseFormat = 'float32' | 'int8';

/** A matrix [K, M] in bytes with a scale for each column. */
export interface QuantisedMatrix {
  /** int8 [K, M] */
  readonly entries: Value;
  /** float32 [M] */
  readonly scales: Value;
}

/**
 * A frozen weight W [dOut, dIn] in bytes, once for each direction: y = x Wᵀ contracts over inputs and takes a scale for
 * each output, dx = dy W contracts over outputs and takes a scale for each input. So each direction has the finest scale
 * that a product of bytes can have, at two bytes a weight.
 */
export interface QuantisedWeight {
  /** Wᵀ [dIn, dOut] */
  readonly forward: QuantisedMatrix;
  /** W [dOut, dIn] */
  readonly backward: QuantisedMatrix;
}

/** A frozen weight in a graph: float32 [dOut, dIn], or quantised. */
export type FrozenWeight = Value | QuantisedWeight;

export function isQuantised(weight: FrozenWeight): weight is QuantisedWeight {
  return 'forward' in weight;
}

/** x Wᵀ [N, dOut] for x [N, dIn]. */
export function frozenProduct(xND: Value, weight: FrozenWeight): Value {
  return isQuantised(weight)
    ? quantisedProduct(xND, weight.forward.entries, weight.forward.scales)
    : product(xND, weight, { transposeB: true });
}

/** g W [N, dIn] for g [N, dOut]: the gradient of {@link frozenProduct} with respect to x. */
export function frozenInputGradient(gNO: Value, weight: FrozenWeight): Value {
  return isQuantised(weight)
    ? quantisedProduct(gNO, weight.backward.entries, weight.backward.scales)
    : product(gNO, weight);
}
