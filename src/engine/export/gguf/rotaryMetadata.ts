import { inverseFrequencies, type RotaryConfig } from '../../models/rotary';
import type { LayerAngles } from './limits';
import { float32, string, uint32, type GgufValue } from './metadataValue';

/** A tensor that no model folder has: what each frequency is divided by. */
export interface FrequencyDivisors {
  readonly name: string;
  readonly values: Float32Array;
}

export interface RotaryPart {
  /** Keys without the architecture before them. */
  readonly metadata: readonly (readonly [key: string, value: GgufValue])[];
  readonly tensors: readonly FrequencyDivisors[];
}

/** The angles as llama.cpp wants them told; only kinds of scaling that {@link LayerAngles} of a checked model can have. */
export function rotaryMetadata({ full, sliding }: LayerAngles): RotaryPart {
  const scaled = scalingPart(full);
  return {
    metadata: [
      ['rope.dimension_count', uint32(full.size)],
      ['rope.freq_base', float32(full.theta)],
      ...(sliding === undefined ? [] : [['rope.freq_base_swa', float32(sliding.theta)] as const]),
      ...scaled.metadata,
    ],
    tensors: scaled.tensors,
  };
}

function scalingPart(rotary: RotaryConfig): RotaryPart {
  const { scaling, magnitude, size } = rotary;
  switch (scaling.kind) {
    case 'default':
      return { metadata: [], tensors: [] };
    case 'linear':
      return {
        metadata: [
          ['rope.scaling.type', string('linear')],
          ['rope.scaling.factor', float32(scaling.factor)],
        ],
        tensors: [],
      };
    case 'yarn':
      return {
        metadata: [
          ['rope.scaling.type', string('yarn')],
          ['rope.scaling.factor', float32(scaling.factor)],
          ['rope.scaling.original_context_length', uint32(scaling.originalPositions)],
          // llama.cpp multiplies cosines and sines by YaRN's usual 0.1 ln(factor) + 1, and by this.
          ['rope.scaling.attn_factor', float32(magnitude / (0.1 * Math.log(Math.max(1, scaling.factor)) + 1))],
        ],
        tensors: [],
      };
    case 'llama3': {
      const plain = inverseFrequencies({ ...rotary, scaling: { kind: 'default' } }, 1);
      const stretched = inverseFrequencies(rotary, 1);
      const divisors = plain.map((frequency, k) => frequency / (stretched[k] as number));
      return { metadata: [], tensors: [{ name: 'rope_freqs.weight', values: divisors }] };
    }
    case 'longrope':
      return {
        metadata: [
          ['rope.scaling.type', string('longrope')],
          ['rope.scaling.original_context_length', uint32(scaling.originalPositions)],
          ['rope.scaling.attn_factor', float32(magnitude)],
        ],
        tensors: [
          { name: 'rope_factors_long.weight', values: Float32Array.from(scaling.longFactors) },
          { name: 'rope_factors_short.weight', values: Float32Array.from(scaling.shortFactors) },
        ],
      };
    case 'dynamic':
      throw new Error(`rotary scaling "${scaling.kind}" of ${size} numbers a head has no metadata`);
  }
}
