import type { DecoderConfig } from '../decoderConfig';
import { plainDecoder, sameKind, sharedKeys } from './sharedKeys';

/** Mistral: Llama with a sliding window in every layer where config.json names one. */
export function mistral(json: unknown): DecoderConfig {
  const keys = sharedKeys.parse(json);
  const plain = plainDecoder('mistral', keys, { maxPositions: 131_072 });
  const window = keys.sliding_window ?? undefined;
  return { ...plain, layerKinds: sameKind(keys, { window, rotary: plain.layerKinds[0]?.rotary }) };
}
