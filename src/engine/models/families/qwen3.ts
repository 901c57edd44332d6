import type { DecoderConfig } from '../decoderConfig';
import { qwenKinds } from './qwen2';
import { plainDecoder, sharedKeys } from './sharedKeys';

/** Qwen 3: Llama with a norm on each head of queries and keys. */
export function qwen3(json: unknown): DecoderConfig {
  const keys = sharedKeys.parse(json);
  const plain = plainDecoder('qwen3', keys, { maxPositions: 32_768, headSize: 128 });
  return { ...plain, queryKeyNorm: 'head', layerKinds: qwenKinds(json, keys, plain) };
}
