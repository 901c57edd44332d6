import { z } from 'zod';
import type { DecoderConfig } from '../decoderConfig';
import { kindsByType, plainDecoder, sharedKeys, type SharedKeys } from './sharedKeys';

/** Layers from this one on use the sliding window, where it is switched on. */
const windowKeys = z.object({ max_window_layers: z.int().min(0).default(28) });

/** Qwen 2 and 2.5: Llama with biases on queries, keys and values. */
export function qwen2(json: unknown): DecoderConfig {
  const keys = sharedKeys.parse(json);
  const plain = plainDecoder('qwen2', keys, { maxPositions: 32_768 });
  return {
    ...plain,
    biases: { queryKeyValue: true, attentionOutput: false, mlp: false },
    layerKinds: qwenKinds(json, keys, plain),
  };
}

/** The window counts only with `use_sliding_window`; `sliding_window` stands in many files without it. */
export function qwenKinds(json: unknown, keys: SharedKeys, plain: DecoderConfig): DecoderConfig['layerKinds'] {
  const { max_window_layers: firstSliding } = windowKeys.parse(json);
  const rotary = plain.layerKinds[0]?.rotary;
  const window = keys.use_sliding_window === true ? (keys.sliding_window ?? undefined) : undefined;
  return kindsByType(
    keys,
    { full: { window: undefined, rotary }, sliding: { window, rotary } },
    (layer) => window !== undefined && layer >= firstSliding,
  );
}
