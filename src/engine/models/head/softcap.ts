import { multiply, scale, shift, tanh } from '../../graph/ops/elementwise';
import type { Value } from '../../graph/value';
import type { DecoderConfig } from '../decoderConfig';

/** c·tanh(logit/c) where the model bounds its logits. */
export function softcapped(logits: Value, { logitSoftcap: cap }: DecoderConfig): Value {
  return cap === undefined ? logits : scale(tanh(scale(logits, 1 / cap)), cap);
}

/** The derivative of a bounded logit z with respect to what it was made of: 1 − (z / c)². */
export function softcapSlope(z: Value, cap: number): Value {
  return shift(scale(multiply(z, z), -1 / cap ** 2), 1);
}
