import { z } from 'zod';
import { shortened } from '../../../config/shortened';
import type { DecoderConfig, LayerKind } from '../decoderConfig';
import type { RotaryConfig } from '../rotary';
import { rotaryConfig, rotaryKeys } from './rotaryKeys';

// Bounds that no published model comes near; config.json is untrusted and its sizes become allocations.
const size = (max: number) => z.int().min(1).max(max);
const MAX_WIDTH = 1 << 20;
const MAX_LAYERS = 4096;
const MAX_VOCABULARY = 1 << 24;
const MAX_POSITIONS = 1 << 26;

const positive = z.number().positive();

/** The keys of config.json that shape the computation and that families share. */
export const sharedKeys = z.object({
  hidden_size: size(MAX_WIDTH),
  intermediate_size: size(MAX_WIDTH),
  num_hidden_layers: size(MAX_LAYERS),
  num_attention_heads: size(MAX_WIDTH),
  num_key_value_heads: size(MAX_WIDTH).nullish(),
  head_dim: size(MAX_WIDTH).nullish(),
  vocab_size: size(MAX_VOCABULARY),
  max_position_embeddings: size(MAX_POSITIONS).optional(),
  rms_norm_eps: positive.optional(),
  hidden_act: z.string().optional(),
  hidden_activation: z.string().nullish(),
  tie_word_embeddings: z.boolean().optional(),
  attention_bias: z.boolean().default(false),
  mlp_bias: z.boolean().default(false),
  rope_theta: positive.optional(),
  partial_rotary_factor: positive.max(1).optional(),
  rope_scaling: rotaryKeys.nullish(),
  rope_parameters: rotaryKeys.nullish(),
  sliding_window: size(MAX_POSITIONS).nullish(),
  use_sliding_window: z.boolean().optional(),
  layer_types: z.array(z.string()).max(MAX_LAYERS).nullish(),
});

export type SharedKeys = z.output<typeof sharedKeys>;

/** What a family's config class in transformers takes where config.json is silent. */
export interface FamilyDefaults {
  readonly theta?: number;
  readonly epsilon?: number;
  readonly maxPositions?: number;
  readonly tied?: boolean;
  readonly headSize?: number;
  readonly originalPositions?: number | undefined;
}

/**
 * A decoder like Llama's from the shared keys: norms before attention and MLP, SiLU, every layer sees all before it.
 * A family changes what it has differently. Throws a sentence without the file's name when keys disagree.
 */
export function plainDecoder(family: string, keys: SharedKeys, defaults: FamilyDefaults = {}): DecoderConfig {
  const heads = keys.num_attention_heads;
  const keyValueHeads = keys.num_key_value_heads ?? heads;
  const headSize = keys.head_dim ?? defaults.headSize ?? keys.hidden_size / heads;
  if (!Number.isInteger(headSize) || headSize % 2 !== 0) {
    throw new Error(`"head_dim" is ${headSize}, but rotary embedding needs an even whole number`);
  }
  if (heads % keyValueHeads !== 0) {
    throw new Error(`"num_attention_heads" (${heads}) is not a multiple of "num_key_value_heads" (${keyValueHeads})`);
  }
  const maxPositions = keys.max_position_embeddings ?? defaults.maxPositions ?? DEFAULT_POSITIONS;
  const rotary = rotaryConfig(keys.rope_parameters ?? keys.rope_scaling ?? {}, {
    theta: keys.rope_theta ?? defaults.theta ?? DEFAULT_THETA,
    headSize,
    partialFactor: keys.partial_rotary_factor ?? 1,
    maxPositions,
    originalPositions: defaults.originalPositions,
  });
  const { attention_bias: attentionBias } = keys;
  return {
    family,
    hiddenSize: keys.hidden_size,
    mlpSize: keys.intermediate_size,
    layers: keys.num_hidden_layers,
    heads,
    keyValueHeads,
    headSize,
    vocabularySize: keys.vocab_size,
    maxPositions: reach(rotary, maxPositions),
    epsilon: keys.rms_norm_eps ?? defaults.epsilon ?? 1e-6,
    normOffset: 0,
    normPlacement: 'before',
    queryKeyNorm: 'none',
    tied: keys.tie_word_embeddings ?? defaults.tied ?? false,
    biases: { queryKeyValue: attentionBias, attentionOutput: attentionBias, mlp: keys.mlp_bias },
    fused: false,
    activation: activationOf(keys),
    attentionScale: headSize ** -0.5,
    attentionSoftcap: undefined,
    logitSoftcap: undefined,
    embeddingScale: 1,
    layerKinds: sameKind(keys, { window: undefined, rotary }),
  };
}

const DEFAULT_THETA = 10_000;
const DEFAULT_POSITIONS = 2048;

/** Every layer of one kind. */
export function sameKind(keys: SharedKeys, kind: LayerKind): LayerKind[] {
  return Array.from({ length: keys.num_hidden_layers }, () => kind);
}

/**
 * The kind of each layer by `layer_types`, or by `slides` where config.json has none. Throws a sentence without the
 * file's name for a kind of layer that does not exist here.
 */
export function kindsByType(
  keys: SharedKeys,
  kinds: { readonly full: LayerKind; readonly sliding: LayerKind },
  slides: (layer: number) => boolean,
): LayerKind[] {
  const types = keys.layer_types;
  if (types && types.length !== keys.num_hidden_layers) {
    throw new Error(`"layer_types" names ${types.length} layers, but "num_hidden_layers" is ${keys.num_hidden_layers}`);
  }
  return Array.from({ length: keys.num_hidden_layers }, (_, layer) => {
    const type = types?.[layer] ?? (slides(layer) ? 'sliding_attention' : 'full_attention');
    switch (type) {
      case 'full_attention':
        return kinds.full;
      case 'sliding_attention':
        return kinds.sliding;
      default:
        throw new Error(`"layer_types" has "${shortened(type)}"; supported are full_attention and sliding_attention`);
    }
  });
}

/** Dynamic scaling reaches `factor` times the context that config.json names; other scalings are already in it. */
function reach({ scaling }: RotaryConfig, maxPositions: number): number {
  return scaling.kind === 'dynamic' ? Math.floor(maxPositions * scaling.factor) : maxPositions;
}

function activationOf({ hidden_act: plain, hidden_activation: own }: SharedKeys): DecoderConfig['activation'] {
  const name = own ?? plain ?? 'silu';
  switch (name) {
    case 'silu':
    case 'swish':
      return 'silu';
    case 'gelu_pytorch_tanh':
      return 'geluTanh';
    default:
      throw new Error(`"hidden_act" is "${shortened(name)}"; supported are silu and gelu_pytorch_tanh`);
  }
}
