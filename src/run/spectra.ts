import { z } from 'zod';

/** What is known of the singular spectrum of one module's ΔW. */
export const moduleSpectrumSchema = z.object({
  name: z.string(),
  layer: z.int().min(0),
  /** Name within the block: "q_proj". */
  module: z.string(),
  dIn: z.int().positive(),
  dOut: z.int().positive(),
  method: z.enum(['mora', 'lora', 'full']),
  moraType: z.int().optional(),
  /** Side of M (MoRA). */
  rHat: z.int().positive().optional(),
  /** Rank of B·A (LoRA). */
  rank: z.int().positive().optional(),
  parameters: z.int().positive(),
  /** Highest rank that ΔW can have. */
  rankBound: z.int().positive(),
  /** Entropy effective rank (Roy & Vetterli 2007). */
  effectiveRank: z.number(),
  /** ‖ΔW‖²_F / σ₁². */
  stableRank: z.number(),
  /** Singular values above 0.1, absolute. */
  countAbove: z.number(),
  /** Smallest k whose first k singular values hold 90 % of Σσ². */
  energyRank: z.number(),
  frobenius: z.number(),
  /** Descending, at most rankBound of them. */
  singularValues: z.array(z.number()),
  /**
   * Where the values are the largest alone, found by a randomised decomposition: ‖ΔW − QQᵀΔW‖_F of their basis Q. Each σ²
   * is at most the square of this larger than what is given, and so are the rest of Σσ² together.
   */
  residual: z.number().min(0).optional(),
  /** ‖W‖_F of the weight that ΔW changes, where it was at hand. */
  baseNorm: z.number().min(0).optional(),
  /** How many merged ΔW are in the sum that all this is of (ReMoRA); absent where ΔW is the adapter's alone. */
  merges: z.int().min(1).optional(),
  /** The adapter's own ΔW, since the last merge. */
  live: z
    .object({
      rankBound: z.int().positive(),
      effectiveRank: z.number(),
      stableRank: z.number(),
      countAbove: z.number(),
      energyRank: z.number(),
      frobenius: z.number(),
    })
    .optional(),
});

/** A line of spectra.jsonl: one module at one checkpoint. */
const spectrumLineSchema = moduleSpectrumSchema.extend({ kind: z.literal('spectrum'), step: z.int().min(0) });

export type ModuleSpectrum = z.output<typeof moduleSpectrumSchema>;
export type SpectrumLine = z.output<typeof spectrumLineSchema>;

/** One line of spectra.jsonl; undefined when it is cut, has NaN, or is of an unknown kind. */
export function parseSpectrum(line: string): SpectrumLine | undefined {
  try {
    const parsed = spectrumLineSchema.safeParse(JSON.parse(line));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}
