import { z } from 'zod';
import type { DecoderConfig } from '../decoderConfig';
import type { RotaryConfig } from '../rotary';
import { gemmaTraits, gemmaWindow } from './gemma2';
import { rotaryConfig, rotaryKeys } from './rotaryKeys';
import { kindsByType, plainDecoder, sharedKeys } from './sharedKeys';

const positive = z.number().positive();

/** Angles by kind of layer since transformers 5; before, one scaling for full layers and a θ for sliding ones. */
const anglesByKind = z.object({ full_attention: rotaryKeys.nullish(), sliding_attention: rotaryKeys.nullish() });

const gemma3Keys = z.object({
  query_pre_attn_scalar: positive.default(256),
  attn_logit_softcapping: positive.nullish(),
  final_logit_softcapping: positive.nullish(),
  sliding_window_pattern: z.int().min(1).default(6),
  rope_theta: positive.default(1_000_000),
  rope_local_base_freq: positive.default(10_000),
  rope_scaling: rotaryKeys.nullish(),
  rope_parameters: anglesByKind.nullish(),
  use_bidirectional_attention: z.boolean().nullish(),
});

/** Gemma 3, text: Gemma 2 with norms on queries and keys instead of softcaps, and angles of their own for full layers. */
export function gemma3(json: unknown): DecoderConfig {
  // Its "rope_parameters" have a level more than those of the other families.
  const keys = sharedKeys.parse({ ...(json as object), rope_parameters: undefined, rope_scaling: undefined });
  const own = gemma3Keys.parse(json);
  if (own.use_bidirectional_attention === true) {
    throw new Error('"use_bidirectional_attention" makes it an encoder; only causal language models are supported');
  }
  const plain = plainDecoder('gemma3_text', keys, { maxPositions: 131_072, tied: true, headSize: 256 });
  const angles = (kind: 'full_attention' | 'sliding_attention', theta: number): RotaryConfig =>
    rotaryConfig(own.rope_parameters?.[kind] ?? (kind === 'full_attention' ? own.rope_scaling : null) ?? {}, {
      theta,
      headSize: plain.headSize,
      partialFactor: 1,
      maxPositions: plain.maxPositions,
    });
  const pattern = own.sliding_window_pattern;
  return {
    ...plain,
    ...gemmaTraits(keys, own.query_pre_attn_scalar),
    queryKeyNorm: 'head',
    attentionSoftcap: own.attn_logit_softcapping ?? undefined,
    logitSoftcap: own.final_logit_softcapping ?? undefined,
    layerKinds: kindsByType(
      keys,
      {
        full: { window: undefined, rotary: angles('full_attention', own.rope_theta) },
        sliding: { window: gemmaWindow(keys), rotary: angles('sliding_attention', own.rope_local_base_freq) },
      },
      (layer) => (layer + 1) % pattern !== 0,
    ),
  };
}
