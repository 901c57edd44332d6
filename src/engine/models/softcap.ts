import { scale, tanh } from '../graph/ops/elementwise';
import type { Value } from '../graph/value';
import type { DecoderConfig } from './decoderConfig';

/** c·tanh(logit/c) where the model bounds its logits. */
export function softcapped(logits: Value, { logitSoftcap: cap }: DecoderConfig): Value {
  return cap === undefined ? logits : scale(tanh(scale(logits, 1 / cap)), cap);
}
