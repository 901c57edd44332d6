import { z } from 'zod';
import type { DecoderConfig } from './decoderConfig';
import type { RotaryConfig } from './rotary';

// Bounds that no published model comes near; config.json is untrusted and its sizes become allocations.
const size = (max: number) => z.int().min(1).max(max);
const MAX_WIDTH = 1 << 20;
const MAX_LAYERS = 4096;
const MAX_VOCABULARY = 1 << 24;
const MAX_POSITIONS = 1 << 26;

const positive = z.number().positive();

/** Scaling as transformers writes it: `rope_parameters` since version 5, `rope_theta` and `rope_scaling` before. */
const ropeSchema = z.object({
  rope_theta: positive.optional(),
  rope_type: z.string().optional(),
  /** Oldest spelling of rope_type. */
  type: z.string().optional(),
  factor: positive.optional(),
  low_freq_factor: positive.optional(),
  high_freq_factor: positive.optional(),
  original_max_position_embeddings: positive.optional(),
});

const DEFAULT_THETA = 10_000;

/** The keys of a Llama config.json that shape the computation. */
export const llamaSchema = z.object({
  hidden_size: size(MAX_WIDTH),
  intermediate_size: size(MAX_WIDTH),
  num_hidden_layers: size(MAX_LAYERS),
  num_attention_heads: size(MAX_WIDTH),
  num_key_value_heads: size(MAX_WIDTH).optional(),
  head_dim: size(MAX_WIDTH).nullish(),
  vocab_size: size(MAX_VOCABULARY),
  max_position_embeddings: size(MAX_POSITIONS).default(2048),
  rms_norm_eps: positive.default(1e-6),
  hidden_act: z.literal('silu', 'must be "silu"').default('silu'),
  tie_word_embeddings: z.boolean().default(false),
  attention_bias: z.boolean().default(false),
  mlp_bias: z.boolean().default(false),
  rope_theta: positive.optional(),
  rope_scaling: ropeSchema.nullish(),
  rope_parameters: ropeSchema.nullish(),
});

export type LlamaConfig = z.output<typeof llamaSchema>;

/** Llama 2 and 3, and everything that says it is one. Throws a sentence without the file's name when keys disagree. */
export function llama(config: LlamaConfig): DecoderConfig {
  const heads = config.num_attention_heads;
  const keyValueHeads = config.num_key_value_heads ?? heads;
  const headSize = config.head_dim ?? config.hidden_size / heads;
  if (!Number.isInteger(headSize) || headSize % 2 !== 0) {
    throw new Error(`"head_dim" is ${headSize}, but rotary embedding needs an even whole number`);
  }
  if (heads % keyValueHeads !== 0) {
    throw new Error(`"num_attention_heads" (${heads}) is not a multiple of "num_key_value_heads" (${keyValueHeads})`);
  }
  return {
    family: 'llama',
    hiddenSize: config.hidden_size,
    mlpSize: config.intermediate_size,
    layers: config.num_hidden_layers,
    heads,
    keyValueHeads,
    headSize,
    vocabularySize: config.vocab_size,
    maxPositions: config.max_position_embeddings,
    epsilon: config.rms_norm_eps,
    tied: config.tie_word_embeddings,
    attentionBias: config.attention_bias,
    mlpBias: config.mlp_bias,
    rotary: rotary(config),
  };
}

function rotary(config: LlamaConfig): RotaryConfig {
  const scaling = config.rope_parameters ?? config.rope_scaling ?? {};
  const theta = scaling.rope_theta ?? config.rope_theta ?? DEFAULT_THETA;
  const kind = scaling.rope_type ?? scaling.type ?? 'default';
  switch (kind) {
    case 'default':
      return { kind, theta };
    case 'llama3':
      return {
        kind,
        theta,
        factor: required(scaling.factor, 'factor'),
        lowFrequencyFactor: required(scaling.low_freq_factor, 'low_freq_factor'),
        highFrequencyFactor: required(scaling.high_freq_factor, 'high_freq_factor'),
        originalPositions: required(scaling.original_max_position_embeddings, 'original_max_position_embeddings'),
      };
    default:
      throw new Error(`rotary scaling "${kind}" is not supported; supported are default and llama3`);
  }
}

function required(value: number | undefined, key: string): number {
  if (value === undefined) throw new Error(`rotary scaling "llama3" lacks "${key}"`);
  return value;
}
