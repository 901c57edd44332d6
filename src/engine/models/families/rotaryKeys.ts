import { z } from 'zod';
import { shortened } from '../../../config/shortened';
import type { RotaryConfig, RotaryScaling } from '../rotary';

const positive = z.number().positive();
/** A factor for each of at most 512 frequencies: heads of published models are at most 512 wide. */
const factors = z.array(positive).max(512);

/** Scaling as transformers writes it: `rope_parameters` since version 5, `rope_scaling` before. */
export const rotaryKeys = z.object({
  rope_theta: positive.optional(),
  rope_type: z.string().optional(),
  /** Oldest spelling of rope_type. */
  type: z.string().optional(),
  partial_rotary_factor: positive.max(1).optional(),
  factor: positive.nullish(),
  low_freq_factor: positive.optional(),
  high_freq_factor: positive.optional(),
  original_max_position_embeddings: positive.optional(),
  attention_factor: positive.nullish(),
  beta_fast: positive.nullish(),
  beta_slow: positive.nullish(),
  mscale: z.number().nullish(),
  mscale_all_dim: z.number().nullish(),
  truncate: z.boolean().optional(),
  short_factor: factors.optional(),
  long_factor: factors.optional(),
});

export type RotaryKeys = z.output<typeof rotaryKeys>;

/** What the rest of config.json says that bears on rotary embedding. */
export interface RotaryContext {
  readonly theta: number;
  readonly headSize: number;
  readonly partialFactor: number;
  readonly maxPositions: number;
  /** Where config.json has it outside the scaling (Phi-3). */
  readonly originalPositions?: number | undefined;
}

/** The angles that a config means. Throws a sentence without the file's name for a scaling that does not exist here. */
export function rotaryConfig(keys: RotaryKeys, context: RotaryContext): RotaryConfig {
  const theta = keys.rope_theta ?? context.theta;
  const size = Math.floor(context.headSize * (keys.partial_rotary_factor ?? context.partialFactor));
  if (size < 2 || size % 2 !== 0) throw new Error(`rotary embedding of ${size} numbers a head needs an even number`);
  const kind = keys.rope_type ?? keys.type ?? 'default';
  const original = keys.original_max_position_embeddings ?? context.originalPositions;
  const required = <T>(value: T | null | undefined, key: string): T => {
    if (value === undefined || value === null) throw new Error(`rotary scaling "${shortened(kind)}" lacks "${key}"`);
    return value;
  };
  const scaled = (scaling: RotaryScaling, magnitude = 1): RotaryConfig => ({ theta, size, magnitude, scaling });
  switch (kind) {
    case 'default':
      return scaled({ kind });
    case 'linear':
      return scaled({ kind, factor: required(keys.factor, 'factor') });
    case 'dynamic':
      return scaled({ kind, factor: required(keys.factor, 'factor'), originalPositions: context.maxPositions });
    case 'llama3':
      return scaled({
        kind,
        factor: required(keys.factor, 'factor'),
        lowFrequencyFactor: required(keys.low_freq_factor, 'low_freq_factor'),
        highFrequencyFactor: required(keys.high_freq_factor, 'high_freq_factor'),
        originalPositions: required(original, 'original_max_position_embeddings'),
      });
    case 'yarn': {
      const originalPositions = required(original, 'original_max_position_embeddings');
      const factor = keys.factor ?? context.maxPositions / originalPositions;
      return scaled(
        {
          kind,
          factor,
          fastRotations: keys.beta_fast ?? 32,
          slowRotations: keys.beta_slow ?? 1,
          truncated: keys.truncate ?? true,
          originalPositions,
        },
        keys.attention_factor ?? yarnMagnitude(factor, keys),
      );
    }
    case 'su': // LongRoPE's first name in Phi-3
    case 'longrope': {
      const originalPositions = required(original, 'original_max_position_embeddings');
      const shortFactors = required(keys.short_factor, 'short_factor');
      const longFactors = required(keys.long_factor, 'long_factor');
      if (shortFactors.length !== size / 2 || longFactors.length !== size / 2) {
        throw new Error(`"short_factor" and "long_factor" of rotary scaling must have ${size / 2} numbers each`);
      }
      const factor = keys.factor ?? context.maxPositions / originalPositions;
      const magnitude = factor <= 1 ? 1 : Math.sqrt(1 + Math.log(factor) / Math.log(originalPositions));
      return scaled(
        { kind: 'longrope', shortFactors, longFactors, originalPositions },
        keys.attention_factor ?? magnitude,
      );
    }
    default:
      throw new Error(
        `rotary scaling "${shortened(kind)}" is not supported; supported are default, linear, dynamic, llama3, yarn and longrope`,
      );
  }
}

/** YaRN's 0.1 ln(factor) + 1 (Peng et al. 2023, Eq. 22), or the quotient of two such where a config names both. */
function yarnMagnitude(factor: number, { mscale, mscale_all_dim: all }: RotaryKeys): number {
  const magnitude = (scale: number): number => (factor <= 1 ? 1 : 0.1 * scale * Math.log(factor) + 1);
  return mscale && all ? magnitude(mscale) / magnitude(all) : magnitude(1);
}
