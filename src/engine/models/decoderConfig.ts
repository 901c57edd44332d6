import type { LinearLayer } from '../../config/targets';
import type { RotaryConfig } from './rotary';

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
  /** The head uses the embedding matrix. */
  readonly tied: boolean;
  readonly attentionBias: boolean;
  readonly mlpBias: boolean;
  readonly rotary: RotaryConfig;
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

export function blockLinears(config: DecoderConfig): BlockLinear[] {
  const { hiddenSize, mlpSize, attentionBias, mlpBias } = config;
  const queryWidth = config.heads * config.headSize;
  const keyWidth = config.keyValueHeads * config.headSize;
  const attention = (module: string, dIn: number, dOut: number): BlockLinear => ({
    module,
    path: `self_attn.${module}`,
    dIn,
    dOut,
    bias: attentionBias,
  });
  const mlp = (module: string, dIn: number, dOut: number): BlockLinear => ({
    module,
    path: `mlp.${module}`,
    dIn,
    dOut,
    bias: mlpBias,
  });
  return [
    attention('q_proj', hiddenSize, queryWidth),
    attention('k_proj', hiddenSize, keyWidth),
    attention('v_proj', hiddenSize, keyWidth),
    attention('o_proj', queryWidth, hiddenSize),
    mlp('gate_proj', hiddenSize, mlpSize),
    mlp('up_proj', hiddenSize, mlpSize),
    mlp('down_proj', mlpSize, hiddenSize),
  ];
}

/** Every frozen tensor of a block. */
export function blockTensors(config: DecoderConfig): BlockTensor[] {
  const norm = (name: string): BlockTensor => ({ name, shape: [config.hiddenSize] });
  return [
    norm('input_layernorm.weight'),
    norm('post_attention_layernorm.weight'),
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
