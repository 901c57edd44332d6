import { z } from 'zod';
import type { DecoderConfig } from '../decoderConfig';
import { plainDecoder, sameKind, sharedKeys } from './sharedKeys';

/** Phi-3 writes the first context beside the scaling, not in it. */
const contextKeys = z.object({ original_max_position_embeddings: z.int().min(1).optional() });

/** Phi-3, 3.5 and 4: Llama with fused projections, LongRoPE and perhaps a sliding window. */
export function phi3(json: unknown): DecoderConfig {
  const keys = sharedKeys.parse(json);
  const { original_max_position_embeddings: originalPositions } = contextKeys.parse(json);
  const plain = plainDecoder('phi3', keys, { maxPositions: 4096, epsilon: 1e-5, originalPositions });
  const window = keys.sliding_window ?? undefined;
  return {
    ...plain,
    fused: true,
    biases: { queryKeyValue: false, attentionOutput: false, mlp: false },
    layerKinds: sameKind(keys, { window, rotary: plain.layerKinds[0]?.rotary }),
  };
}
