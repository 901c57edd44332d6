import type { FloatDtype } from '../weights/dtype';
import { UNIT_ROUNDOFF } from '../weights/roundFloats';
import { EXACT_TOLERANCE } from './exportFormat';

/**
 * How much rounding every weight once may move the logits, in units of the format's own roundoff times the largest logit
 * times the root of the number of layers. Roundings are independent, so a product's error is about as large, relative to
 * the product, as that of one weight, and the layers' errors add up like a random walk; the largest of many logits is
 * some deviations further. Measured in PyTorch on random networks of 2 to 46 layers: 0.3 to 8. A wrong weight is found by
 * {@link firstNotRounded}, however small.
 */
const ROUNDING_GAIN = 12;

/** The names that config.json and PyTorch use. */
export const DTYPE_NAMES: Readonly<Record<FloatDtype, string>> = {
  F64: 'float64',
  F32: 'float32',
  F16: 'float16',
  BF16: 'bfloat16',
};

/** What the logits of a model may differ by whose weights are rounded once to a format, and why. */
export function roundingTolerance(
  dtype: FloatDtype,
  layers: number,
): { readonly tolerance: number; readonly toleranceReason: string } {
  const tolerance = ROUNDING_GAIN * Math.sqrt(layers) * UNIT_ROUNDOFF[dtype];
  return tolerance > EXACT_TOLERANCE
    ? { tolerance, toleranceReason: `each weight is rounded once to ${DTYPE_NAMES[dtype]}` }
    : { tolerance: EXACT_TOLERANCE, toleranceReason: 'float32 arithmetic' };
}

/** Half a step between subnormal numbers, where rounding is no longer a share of the number. */
const SUBNORMAL_ROUNDOFF: Readonly<Record<FloatDtype, number>> = { F64: 0, F32: 0, F16: 2 ** -25, BF16: 2 ** -134 };

/** The first index at which `found` is not `expected` rounded once to `dtype`; undefined where there is none. */
export function firstNotRounded(dtype: FloatDtype, expected: Float32Array, found: Float32Array): number | undefined {
  for (let i = 0; i < expected.length; i++) {
    const [wanted, value] = [expected[i] as number, found[i] as number];
    const allowed = Math.max(UNIT_ROUNDOFF[dtype] * Math.abs(wanted), SUBNORMAL_ROUNDOFF[dtype]);
    if (!(Math.abs(value - wanted) <= allowed) && !Object.is(value, wanted)) return i;
  }
  return undefined;
}
