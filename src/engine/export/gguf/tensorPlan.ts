import { blockTensors, type DecoderConfig } from '../../models/decoderConfig';
import type { Architecture } from './architecture';
import type { TensorChange } from './tensorChange';
import type { TensorType } from './tensorType';

/** A tensor of a model folder and what becomes of it. */
export interface PlannedTensor {
  /** In the model folder. */
  readonly source: string;
  /** In the GGUF file. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: TensorType;
  readonly change: TensorChange;
}

/** Every tensor of a model in its GGUF file: matrices of the type `matrices`, all that is one row as F32. */
export function tensorPlan(config: DecoderConfig, architecture: Architecture, matrices: TensorType): PlannedTensor[] {
  const table = [config.vocabularySize, config.hiddenSize];
  const embedding = 'model.embed_tokens.weight';
  const plan = (source: string, name: string, shape: readonly number[]): PlannedTensor => ({
    source,
    name,
    shape,
    type: shape.length > 1 ? matrices : 'F32',
    change: changeOf(source, config, architecture),
  });
  const head = config.tied ? embedding : 'lm_head.weight';
  return [
    plan(embedding, 'token_embd.weight', table),
    ...Array.from({ length: config.layers }, (_, layer) =>
      blockTensors(config).map(({ name, shape }) =>
        plan(`model.layers.${layer}.${name}`, blockTensorName(config, layer, name), shape),
      ),
    ).flat(),
    plan('model.norm.weight', 'output_norm.weight', [config.hiddenSize]),
    ...(config.tied && architecture.head !== 'own' ? [] : [plan(head, 'output.weight', table)]),
  ];
}

/** The name in the file of a tensor of a block, "self_attn.q_proj.weight". */
export function blockTensorName(config: DecoderConfig, layer: number, tensor: string): string {
  const dot = tensor.lastIndexOf('.');
  const [module, kind] = [tensor.slice(0, dot), tensor.slice(dot)];
  const name = (config.normPlacement === 'before' ? BEFORE[module] : AROUND[module]) ?? MODULES[module];
  if (name === undefined) throw new Error(`${tensor} has no name in a GGUF file`);
  return `blk.${layer}.${name}${kind}`;
}

const MODULES: Readonly<Record<string, string>> = {
  input_layernorm: 'attn_norm',
  'self_attn.q_proj': 'attn_q',
  'self_attn.k_proj': 'attn_k',
  'self_attn.v_proj': 'attn_v',
  'self_attn.qkv_proj': 'attn_qkv',
  'self_attn.o_proj': 'attn_output',
  'self_attn.q_norm': 'attn_q_norm',
  'self_attn.k_norm': 'attn_k_norm',
  'mlp.gate_proj': 'ffn_gate',
  'mlp.up_proj': 'ffn_up',
  'mlp.gate_up_proj': 'ffn_up',
  'mlp.down_proj': 'ffn_down',
};

/** "post_attention_layernorm" comes before the MLP where norms come before, and after attention where they come after. */
const BEFORE: Readonly<Record<string, string>> = { post_attention_layernorm: 'ffn_norm' };
const AROUND: Readonly<Record<string, string>> = {
  post_attention_layernorm: 'post_attention_norm',
  pre_feedforward_layernorm: 'ffn_norm',
  post_feedforward_layernorm: 'post_ffw_norm',
};

/** Weight and bias of queries and keys are reordered by head, norms that are stored as differences made whole. */
function changeOf(source: string, config: DecoderConfig, architecture: Architecture): TensorChange {
  if (config.normOffset !== 0 && source.endsWith('norm.weight')) return { kind: 'offset', by: config.normOffset };
  const heads = headsOf(source, config);
  return architecture.interleaved && heads !== undefined ? { kind: 'interleave', heads } : { kind: 'none' };
}

/** The heads whose rows a tensor of queries or keys, or a module, has; undefined for all others. */
export function headsOf(path: string, { heads, keyValueHeads }: DecoderConfig): number | undefined {
  if (/\.q_proj(\.|$)/.test(path)) return heads;
  return /\.k_proj(\.|$)/.test(path) ? keyValueHeads : undefined;
}
