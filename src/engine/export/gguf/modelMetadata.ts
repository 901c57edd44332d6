import type { DecoderConfig } from '../../models/decoderConfig';
import type { Architecture } from './architecture';
import { bools, float32, string, uint32, type GgufValue } from './metadataValue';
import type { TensorType } from './tensorType';

/** llama.cpp's number for files with most tensors of a type, and the version of its quantised formats, of which we use none. */
const FILE_TYPES: Readonly<Record<TensorType, number>> = { F32: 0, F16: 1, BF16: 32 };
const QUANTISATION_VERSION = 2;

/** What a GGUF file says of the model, but for rotary embedding and tokenizer. `name` is for people. */
export function modelMetadata(
  config: DecoderConfig,
  architecture: Architecture,
  name: string,
  matrices: TensorType,
): [string, GgufValue][] {
  const own: (readonly [string, GgufValue])[] = [
    ['vocab_size', uint32(config.vocabularySize)],
    ['context_length', uint32(config.maxPositions)],
    ['embedding_length', uint32(config.hiddenSize)],
    ['block_count', uint32(config.layers)],
    ['feed_forward_length', uint32(config.mlpSize)],
    ['attention.head_count', uint32(config.heads)],
    ['attention.head_count_kv', uint32(config.keyValueHeads)],
    ['attention.key_length', uint32(config.headSize)],
    ['attention.value_length', uint32(config.headSize)],
    ['attention.layer_norm_rms_epsilon', float32(config.epsilon)],
    ...softcaps(config),
    ...sliding(config, architecture),
  ];
  return [
    ['general.architecture', string(architecture.name)],
    ['general.type', string('model')],
    ['general.name', string(name)],
    ['general.file_type', uint32(FILE_TYPES[matrices])],
    ['general.quantization_version', uint32(QUANTISATION_VERSION)],
    ...underArchitecture(architecture, own),
  ];
}

/** Keys that stand under the architecture's name. */
export function underArchitecture(
  { name }: Architecture,
  metadata: readonly (readonly [string, GgufValue])[],
): [string, GgufValue][] {
  return metadata.map(([key, value]) => [`${name}.${key}`, value]);
}

function softcaps({ attentionSoftcap, logitSoftcap }: DecoderConfig): [string, GgufValue][] {
  return [
    ...(attentionSoftcap === undefined ? [] : [named('attn_logit_softcapping', float32(attentionSoftcap))]),
    ...(logitSoftcap === undefined ? [] : [named('final_logit_softcapping', float32(logitSoftcap))]),
  ];
}

/** The window, and which layers have it unless it is every layer but the last of each period. */
function sliding(config: DecoderConfig, { name, slidingPeriod: period }: Architecture): [string, GgufValue][] {
  const { layerKinds } = config;
  const window = layerKinds.find((kind) => kind.window !== undefined)?.window;
  // Some versions of llama.cpp want the key for Phi-3, 0 for none, though they do not slide.
  if (name === 'phi3') return [named('attention.sliding_window', uint32(window ?? 0))];
  if (period === undefined) return [];
  const slides = layerKinds.map((kind) => kind.window !== undefined);
  const usual = slides.every((slide, layer) => slide === layer % period < period - 1);
  return [
    ...(window === undefined ? [] : [named('attention.sliding_window', uint32(window))]),
    ...(usual ? [] : [named('attention.sliding_window_pattern', bools(slides))]),
  ];
}

function named(key: string, value: GgufValue): [string, GgufValue] {
  return [key, value];
}
