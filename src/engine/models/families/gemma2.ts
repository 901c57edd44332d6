import { z } from 'zod';
import type { DecoderConfig } from '../decoderConfig';
import { kindsByType, plainDecoder, sharedKeys, type SharedKeys } from './sharedKeys';

const positive = z.number().positive();

/** Keys of Gemma 2 and 3 with the defaults of Gemma 2; null switches a softcap off. */
const gemma2Keys = z.object({
  query_pre_attn_scalar: positive.default(256),
  attn_logit_softcapping: positive.nullable().default(50),
  final_logit_softcapping: positive.nullable().default(30),
});

const HEAD_SIZE = 256;
const WINDOW = 4096;

/** Gemma 2: norms around attention and MLP, softcaps on scores and logits, every other layer with a window. */
export function gemma2(json: unknown): DecoderConfig {
  const keys = sharedKeys.parse(json);
  const own = gemma2Keys.parse(json);
  const plain = plainDecoder('gemma2', keys, { maxPositions: 8192, tied: true, headSize: HEAD_SIZE });
  const rotary = plain.layerKinds[0]?.rotary;
  const sliding = { window: gemmaWindow(keys), rotary };
  return {
    ...plain,
    ...gemmaTraits(keys, own.query_pre_attn_scalar),
    attentionSoftcap: own.attn_logit_softcapping ?? undefined,
    logitSoftcap: own.final_logit_softcapping ?? undefined,
    layerKinds: kindsByType(keys, { full: { window: undefined, rotary }, sliding }, (layer) => layer % 2 === 0),
  };
}

/** What Gemma 2 and 3 have in common beyond Llama. */
export function gemmaTraits(keys: SharedKeys, queryScalar: number): Partial<DecoderConfig> {
  return {
    normOffset: 1,
    normPlacement: 'both',
    attentionScale: queryScalar ** -0.5,
    embeddingScale: Math.fround(Math.sqrt(keys.hidden_size)),
    activation: 'geluTanh',
  };
}

export function gemmaWindow(keys: SharedKeys): number | undefined {
  return keys.sliding_window === undefined ? WINDOW : (keys.sliding_window ?? undefined);
}
