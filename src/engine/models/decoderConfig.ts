import type { LinearLayer } from '../../config/targets';
import type { RotaryConfig } from './rotary';

/** What one layer sees of the sequence. Layers with equal kinds share one object. */
export interface LayerKind {
  /** Tokens that a token sees, itself included; undefined for all before it. */
  readonly window: number | undefined;
  /** Undefined for a layer without position embedding. */
  readonly rotary: RotaryConfig | undefined;
}

/**
 * Where a block normalises: before attention and MLP (Llama), after them before the residual addition (OLMo 2), or both
 * (Gemma 2 and 3).
 */
export type NormPlacement = 'before' | 'after' | 'both';

/** What the shared decoder needs to know of a model; each family file fills it in from config.json. */
export interface DecoderConfig {
  /** `model_type` of config.json. */
  readonly family: string;
  readonly hiddenSize: number;
  readonly mlpSize: number;
  readonly layers: number;
  readonly heads: number;
  /** Heads of keys and values; each serves heads / keyValueHeads query heads (grouped-query attention). */
  readonly keyValueHeads: number;
  readonly headSize: number;
  readonly vocabularySize: number;
  /** Longest sequence that the model was made for. */
  readonly maxPositions: number;
  /** ε of the norms. */
  readonly epsilon: number;
  /** Added to every norm's weight: 1 where it is stored as its difference from 1 (Gemma). */
  readonly normOffset: 0 | 1;
  readonly normPlacement: NormPlacement;
  /** Norm of queries and keys before they are turned: of each head, or over all heads together. */
  readonly queryKeyNorm: 'none' | 'head' | 'width';
  /** The head uses the embedding matrix. */
  readonly tied: boolean;
  readonly biases: { readonly queryKeyValue: boolean; readonly attentionOutput: boolean; readonly mlp: boolean };
  /** One matrix for queries, keys and values, and one for gate and up (Phi-3). */
  readonly fused: boolean;
  readonly activation: 'silu' | 'geluTanh';
  /** Factor of the scores q kᵀ. */
  readonly attentionScale: number;
  /** c of c·tanh(score/c); undefined for none. */
  readonly attentionSoftcap: number | undefined;
  readonly logitSoftcap: number | undefined;
  /** Factor of the token embeddings. */
  readonly embeddingScale: number;
  /** One for each layer. */
  readonly layerKinds: readonly LayerKind[];
}

/** One frozen tensor of a block: its name after "model.layers.<n>." and its shape. */
export interface BlockTensor {
  readonly name: string;
  readonly shape: readonly number[];
}

/** The linear layers of a block in order of use: name within the block and sizes. */
export interface BlockLinear {
  readonly module: string;
  /** "self_attn.q_proj" */
  readonly path: string;
  readonly dIn: number;
  readonly dOut: number;
  readonly bias: boolean;
}

/** Width of all query heads and of all key heads together. */
export function headWidths({ heads, keyValueHeads, headSize }: DecoderConfig): { query: number; key: number } {
  return { query: heads * headSize, key: keyValueHeads * headSize };
}

export function blockLinears(config: DecoderConfig): BlockLinear[] {
  const { hiddenSize, mlpSize, biases } = config;
  const { query, key } = headWidths(config);
  const attention = (module: string, dIn: number, dOut: number, bias = biases.queryKeyValue): BlockLinear => ({
    module,
    path: `self_attn.${module}`,
    dIn,
    dOut,
    bias,
  });
  const mlp = (module: string, dIn: number, dOut: number): BlockLinear => ({
    module,
    path: `mlp.${module}`,
    dIn,
    dOut,
    bias: biases.mlp,
  });
  return [
    ...(config.fused
      ? [attention('qkv_proj', hiddenSize, query + 2 * key)]
      : [
          attention('q_proj', hiddenSize, query),
          attention('k_proj', hiddenSize, key),
          attention('v_proj', hiddenSize, key),
        ]),
    attention('o_proj', query, hiddenSize, biases.attentionOutput),
    ...(config.fused
      ? [mlp('gate_up_proj', hiddenSize, 2 * mlpSize)]
      : [mlp('gate_proj', hiddenSize, mlpSize), mlp('up_proj', hiddenSize, mlpSize)]),
    mlp('down_proj', mlpSize, hiddenSize),
  ];
}

/** The norms of a block by what they are for; undefined where the block has none. Names as in the checkpoint. */
export function blockNorms({ normPlacement }: DecoderConfig): {
  readonly beforeAttention?: string;
  readonly afterAttention?: string;
  readonly beforeMlp?: string;
  readonly afterMlp?: string;
} {
  const after = { afterAttention: 'post_attention_layernorm', afterMlp: 'post_feedforward_layernorm' };
  switch (normPlacement) {
    case 'before':
      return { beforeAttention: 'input_layernorm', beforeMlp: 'post_attention_layernorm' };
    case 'after':
      return after;
    case 'both':
      return { beforeAttention: 'input_layernorm', beforeMlp: 'pre_feedforward_layernorm', ...after };
  }
}

/** Names of the tensors that are not of a block. */
export const EMBEDDING = 'model.embed_tokens.weight';
export const HEAD = 'lm_head.weight';
export const FINAL_NORM = 'model.norm.weight';

/** Whether a tensor of a block is the weight of a norm, by its name. */
export function isNorm(name: string): boolean {
  return name.endsWith('norm.weight');
}

/** Every frozen tensor of a block. */
export function blockTensors(config: DecoderConfig): BlockTensor[] {
  const norm = (name: string, width = config.hiddenSize): BlockTensor => ({ name: `${name}.weight`, shape: [width] });
  const widths = headWidths(config);
  const perHead = config.queryKeyNorm === 'head';
  return [
    ...Object.values(blockNorms(config)).map((name) => norm(name)),
    ...(config.queryKeyNorm === 'none'
      ? []
      : [
          norm('self_attn.q_norm', perHead ? config.headSize : widths.query),
          norm('self_attn.k_norm', perHead ? config.headSize : widths.key),
        ]),
    ...blockLinears(config).flatMap(({ path, dIn, dOut, bias }) => [
      { name: `${path}.weight`, shape: [dOut, dIn] },
      ...(bias ? [{ name: `${path}.bias`, shape: [dOut] }] : []),
    ]),
  ];
}

/** Every linear layer of the decoder, layer by layer. */
export function decoderLinears(config: DecoderConfig): LinearLayer[] {
  return Array.from({ length: config.layers }, (_, layer) =>
    blockLinears(config).map(({ module, path, dIn, dOut }) => ({
      layer,
      module,
      name: `model.layers.${layer}.${path}`,
      dIn,
      dOut,
    })),
  ).flat();
}

/** Parameters of the whole model. */
export function parameterCount(config: DecoderConfig): number {
  const block = blockTensors(config).reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
  const table = config.vocabularySize * config.hiddenSize;
  return config.layers * block + config.hiddenSize + (config.tied ? 1 : 2) * table;
}
