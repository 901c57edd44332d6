import type { DecoderConfig } from '../decoderConfig';
import { plainDecoder, sharedKeys } from './sharedKeys';

/** Llama 1 to 3, and everything that says it is one. */
export function llama(json: unknown): DecoderConfig {
  return plainDecoder('llama', sharedKeys.parse(json));
}
