import type { DecoderConfig } from '../decoderConfig';
import { plainDecoder, sharedKeys } from './sharedKeys';

/** OLMo 2: norms after attention and MLP instead of before, and one over all heads of queries and of keys. */
export function olmo2(json: unknown): DecoderConfig {
  const plain = plainDecoder('olmo2', sharedKeys.parse(json), { epsilon: 1e-5 });
  return { ...plain, normPlacement: 'after', queryKeyNorm: 'width' };
}
