import type { DecoderConfig } from '../../models/decoderConfig';
import type { RotaryScaling } from '../../models/rotary';

/** What llama.cpp can compute under one `general.architecture`, as far as it differs from one to the next. */
export interface Architecture {
  readonly name: string;
  /**
   * Rotary embedding turns neighbouring numbers of a head together, where transformers turn numbers half a head apart;
   * rows of queries and keys are reordered for it.
   */
  readonly interleaved: boolean;
  readonly biases: DecoderConfig['biases'];
  readonly scalings: readonly RotaryScaling['kind'][];
  /** Heads need not be as wide together as the hidden state. */
  readonly freeHeadSize: boolean;
  /** Only the first numbers of a head may be turned. */
  readonly partialRotary: boolean;
  /** Layers slide in periods of this many, the last of which does not; undefined where none can. */
  readonly slidingPeriod: number | undefined;
  /** Every so many layers one has no rotary embedding. */
  readonly plainEvery: number | undefined;
  /** Whether the head is the embedding matrix by definition, a tensor of the file by definition, or either. */
  readonly head: 'tied' | 'own' | 'either';
}

const ALL_BIASES = { queryKeyValue: true, attentionOutput: true, mlp: true };
const QKV_BIASES = { queryKeyValue: true, attentionOutput: false, mlp: false };
const COMMON: Omit<Architecture, 'name'> = {
  interleaved: false,
  biases: QKV_BIASES,
  scalings: ['default', 'linear', 'yarn'],
  freeHeadSize: true,
  partialRotary: false,
  slidingPeriod: undefined,
  plainEvery: undefined,
  head: 'either',
};
const LLAMA: Architecture = {
  ...COMMON,
  name: 'llama',
  interleaved: true,
  biases: ALL_BIASES,
  scalings: ['default', 'linear', 'yarn', 'llama3', 'longrope'],
};

/** By `model_type`. What each can do was read from the loaders and graphs of llama.cpp's models. */
const ARCHITECTURES: Readonly<Record<string, Architecture>> = {
  llama: LLAMA,
  mistral: LLAMA,
  qwen2: { ...COMMON, name: 'qwen2', freeHeadSize: false },
  qwen3: { ...COMMON, name: 'qwen3' },
  phi3: {
    ...COMMON,
    name: 'phi3',
    scalings: ['default', 'linear', 'yarn', 'longrope'],
    freeHeadSize: false,
    partialRotary: true,
  },
  gemma2: { ...COMMON, name: 'gemma2', scalings: ['default', 'linear'], slidingPeriod: 2, head: 'tied' },
  gemma3_text: { ...COMMON, name: 'gemma3', scalings: ['default', 'linear'], slidingPeriod: 6 },
  smollm3: { ...COMMON, name: 'smollm3', interleaved: true, plainEvery: 4 },
  olmo2: { ...COMMON, name: 'olmo2', freeHeadSize: false, head: 'own' },
};

/** The architecture for a family; undefined when llama.cpp has none. */
export function architectureOf(family: string): Architecture | undefined {
  return Object.hasOwn(ARCHITECTURES, family) ? ARCHITECTURES[family] : undefined;
}
