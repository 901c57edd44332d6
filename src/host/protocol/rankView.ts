import { z } from 'zod';

/**
 * What the rank view and the extension say to each other. The view shows one source (a run over its checkpoints, or
 * one adapter), perhaps with a second beside it. Figures of a step are sent whole; a spectrum when its cell is chosen.
 */

export const MEASURES = [
  'effectiveRank',
  'stableRank',
  'countAbove',
  'energyRank',
  'frobenius',
  'rankBound',
  'multiple',
] as const;
export type Measure = (typeof MEASURES)[number];

const SIDES = ['primary', 'other'] as const;
export type Side = (typeof SIDES)[number];

/** One module's ΔW at one step, without its spectrum. */
export interface Cell {
  readonly layer: number;
  readonly module: string;
  readonly name: string;
  readonly dIn: number;
  readonly dOut: number;
  readonly method: 'mora' | 'lora' | 'full';
  readonly moraType?: number;
  readonly rHat?: number;
  readonly rank?: number;
  readonly parameters: number;
  readonly rankBound: number;
  /** Rank that LoRA with as many parameters cannot pass. */
  readonly loraBound: number;
  readonly effectiveRank: number;
  readonly stableRank: number;
  readonly countAbove: number;
  readonly energyRank: number;
  readonly frobenius: number;
  /** Effective rank over `loraBound`. */
  readonly multiple: number;
}

/** Means over all modules at a step. */
export interface TrendPoint {
  readonly step: number;
  readonly effectiveRank: number;
}

export interface SourceFacts {
  /** Folder of the run or the adapter. */
  readonly path: string;
  readonly name: string;
  readonly kind: 'run' | 'adapter';
  /** "MoRA (rotation, r̂ 54)". */
  readonly method: string;
  /** Checkpoints with spectra; the only step of an adapter is 0. */
  readonly steps: readonly number[];
  readonly trend: readonly TrendPoint[];
  /** Least and greatest value of each measure over all steps, so that colours mean the same at each. */
  readonly extents: Readonly<Record<Measure, readonly [least: number, greatest: number]>>;
}

export interface Sources {
  readonly primary: SourceFacts;
  readonly other: SourceFacts | null;
  /** Step that the view was opened for. */
  readonly openedAt: number | null;
}

export const stepSchema = z.object({ side: z.enum(SIDES), step: z.int().min(0) });
export const spectrumParamsSchema = stepSchema.extend({ layer: z.int().min(0), module: z.string() });

export interface Spectrum {
  /** Descending. */
  readonly singularValues: Float64Array;
  /** Effective rank of this module at each step. */
  readonly trend: readonly TrendPoint[];
}

export interface RankHostEnd {
  requests: {
    /** What there is to see, read anew. `other` is the source that the view showed before a reload. */
    open: { params: { readonly other: string | null }; result: Sources };
    cells: { params: z.output<typeof stepSchema>; result: readonly Cell[] };
    /** Null where the source has no such module. */
    spectrum: { params: z.output<typeof spectrumParamsSchema>; result: Spectrum | null };
  };
  events: {
    /** Ask the user what to lay over this; the answer comes as `sources`. */
    chooseOther: null;
    removeOther: null;
    exportCsv: null;
    openRun: null;
  };
}

export interface RankViewEnd {
  requests: Record<string, never>;
  /** A checkpoint was added, or another source was chosen. */
  events: { sources: Sources; problem: string };
}
