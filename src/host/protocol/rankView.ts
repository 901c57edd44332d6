import { z } from 'zod';

/**
 * What the rank view and the extension say to each other. The view shows one source (a run over its checkpoints, an
 * adapter, or the difference of two models), perhaps with a second beside it. Figures of a step are sent whole; a
 * spectrum when its cell is chosen.
 */

export const MEASURES = [
  'effectiveRank',
  'stableRank',
  'countAbove',
  'energyRank',
  'energyShare',
  'frobenius',
  'relativeNorm',
  'intruders',
  'rankBound',
  'multiple',
] as const;
export type Measure = (typeof MEASURES)[number];

const SIDES = ['primary', 'other'] as const;
export type Side = (typeof SIDES)[number];

/** What measures count by. */
export const settingsSchema = z.object({
  /** Singular values above it are counted; absolute. */
  threshold: z.number().min(0).max(1e6),
  /** Share of Σσ² that the energy rank holds. */
  energyShare: z.number().gt(0).max(1),
  /** Leading directions of W + ΔW that may be intruders. */
  top: z.int().min(1).max(100),
  /** Cosine below which a direction is an intruder. */
  epsilon: z.number().gt(0).max(1),
});
export type Settings = Readonly<z.output<typeof settingsSchema>>;

/** The threshold of the MoRA paper's Fig. 5, the share of Biderman et al. 2024, k and ε of Shuttleworth et al. 2024. */
export const DEFAULT_SETTINGS: Settings = { threshold: 0.1, energyShare: 0.9, top: 10, epsilon: 0.6 };

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
  /** Share of Σσ² in the first `loraBound` values. */
  readonly energyShare: number;
  readonly frobenius: number;
  /** ‖ΔW‖ / ‖W‖; null while the norm of the base is not known. */
  readonly relativeNorm: number | null;
  /** Intruder dimensions; null while nobody has looked for them. */
  readonly intruders: number | null;
  /** Effective rank over `loraBound`. */
  readonly multiple: number;
  /** Where only the largest values are known: how many, and the bound of what they miss (see ModuleSpectrum). */
  readonly known?: number;
  readonly residual?: number;
}

export type Extents = Readonly<Record<Measure, readonly [least: number, greatest: number]>>;

/** The map of a step. */
export interface CellMap {
  readonly cells: readonly Cell[];
  /** Least and greatest value of each measure over all steps, so that colours mean the same at each. */
  readonly extents: Extents;
}

/** What goes on for a source. */
export interface Work {
  readonly kind: 'difference' | 'intruders' | 'norms';
  readonly done: number;
  readonly total: number;
  /** At work now. */
  readonly module: string;
}

/** Means over all modules at a step. */
export interface TrendPoint {
  readonly step: number;
  readonly effectiveRank: number;
}

export interface SourceFacts {
  /** Folder of the run or the adapter, or the key of a difference. */
  readonly path: string;
  readonly name: string;
  readonly kind: 'run' | 'adapter' | 'difference';
  /** "MoRA (Rotation, r̂ 54)". */
  readonly method: string;
  /** Checkpoints with spectra; the only step of an adapter is 0. */
  readonly steps: readonly number[];
  readonly trend: readonly TrendPoint[];
  /** What could not be read or done, in sentences. */
  readonly warnings: readonly string[];
  /** Whether modules of a difference are still to be computed: while it is at work, and when it has ended too early. */
  readonly isPartial: boolean;
  readonly work: Work | null;
}

export interface Sources {
  readonly primary: SourceFacts;
  readonly other: SourceFacts | null;
  /** Step that the view was opened for. */
  readonly openedAt: number | null;
}

export const sideSchema = z.enum(SIDES);
export const stepSchema = z.object({ side: sideSchema, step: z.int().min(0) });
export const cellsSchema = stepSchema.extend({ settings: settingsSchema });
export const spectrumParamsSchema = stepSchema.extend({ layer: z.int().min(0), module: z.string() });
/** Of one module, or of all that lack them. */
export const findIntrudersSchema = stepSchema.extend({
  place: z.object({ layer: z.int().min(0), module: z.string() }).nullable(),
  top: settingsSchema.shape.top,
});

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
    cells: { params: z.output<typeof cellsSchema>; result: CellMap };
    /** Null where the source has no such module. */
    spectrum: { params: z.output<typeof spectrumParamsSchema>; result: Spectrum | null };
  };
  events: {
    /** Ask the user what to lay over this; the answer comes as `sources`. */
    chooseOther: null;
    removeOther: null;
    exportCsv: Settings;
    openRun: null;
    findIntruders: z.output<typeof findIntrudersSchema>;
    /** Read the norms of the weights beneath, however many they are. */
    readNorms: z.output<typeof stepSchema>;
    /** Compute the difference anew, of which only a part is there. */
    startDifference: Side;
    /** End what goes on; what was found stays. */
    cancel: null;
    /** The user has read what is wrong. */
    dismissProblems: null;
  };
}

export interface RankViewEnd {
  requests: Record<string, never>;
  events: {
    /** A checkpoint was added, or another source was chosen. */
    sources: Sources;
    /** What is wrong now, in sentences; empty when nothing is any more. */
    problems: readonly string[];
  };
}
