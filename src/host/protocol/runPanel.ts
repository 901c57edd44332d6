import { z } from 'zod';
import { MAX_SAMPLE_PROMPTS, type SampleHistory, type SamplesAt } from './samples';

/**
 * What the run panel and the extension say to each other. The extension holds every point of a run; the panel says
 * which window it looks at and is sent what its pixels can show, complete each time: a hidden panel misses messages,
 * so no message builds on an earlier one.
 */

const AXES = ['step', 'tokens', 'epoch', 'seconds'] as const;
export type Axis = (typeof AXES)[number];

/** More than any screen has; a bound on what one message may ask for. */
const MAX_COLUMNS = 8192;
/** More curves than colours could tell apart. */
export const MAX_OVERLAYS = 5;
/** TensorBoard's limit, which still averages over a thousand steps. */
const MAX_SMOOTHING = 0.999;

/** Which part of the x-axis is on screen. "trailing" keeps its width and follows the newest point. */
const rangeSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('all') }),
  z.object({ kind: z.literal('trailing'), width: z.number().positive() }),
  z.object({ kind: z.literal('fixed'), from: z.number(), to: z.number() }),
]);
export type Range = z.output<typeof rangeSchema>;

export const runViewSchema = z.object({
  axis: z.enum(AXES),
  range: rangeSchema,
  /** Weight of the moving average over the training loss; 0 for none. */
  smoothing: z.number().min(0).max(MAX_SMOOTHING),
  /** Pixel columns of the large chart and of the small ones. */
  columns: z.int().min(1).max(MAX_COLUMNS),
  smallColumns: z.int().min(1).max(MAX_COLUMNS),
  /** Roots of the runs laid over this one. */
  overlays: z.array(z.string()).max(MAX_OVERLAYS),
});
export type RunView = z.output<typeof runViewSchema>;

export const readoutSchema = z.object({ axis: z.enum(AXES), x: z.number(), smoothing: z.number().min(0) });
/** Which samples to show: of a step, the newest for null. */
export const sampleStepSchema = z.int().min(0).nullable();
/** Of which prompt. */
export const samplePromptSchema = z.int().min(0).max(MAX_SAMPLE_PROMPTS);
export const CONTROLS = ['pause', 'resume', 'stop', 'save', 'sample'] as const;
export type Control = (typeof CONTROLS)[number];
/** Elsewhere in the editor. */
export const OPENABLE = ['rank', 'playground', 'configuration', 'log', 'checkpointResume'] as const;
export type Openable = (typeof OPENABLE)[number];

export type ShownState =
  | 'starting'
  | 'running'
  | 'paused'
  | 'stopping'
  | 'finished'
  | 'stopped'
  | 'failed'
  | 'interrupted'
  /** The directory has no status.json yet, or one of a newer version. */
  | 'unknown';

export interface Points {
  readonly x: Float64Array;
  readonly y: Float64Array;
}

/** Where a run stands, for comparing it with others. NaN where there is no value. */
export interface RunSummary {
  readonly method: string;
  readonly state: ShownState;
  readonly step: number;
  readonly tokens: number;
  readonly seconds: number;
  /** Of the last step, and its moving average where the panel smooths. */
  readonly loss: number;
  readonly smoothed: number;
  readonly validation: number;
  readonly bestValidation: number;
  readonly bestValidationStep: number;
  readonly accuracy: number;
  /** Over the whole run. */
  readonly tokensPerSecond: number;
  readonly peakBytes: number;
  readonly trainableParameters: number;
}

export interface RunCurves {
  readonly root: string;
  /** Unlike that of any other run shown. */
  readonly name: string;
  readonly summary: RunSummary;
  readonly loss: Points;
  /** Absent without smoothing. */
  readonly smoothed?: Points;
  readonly validation: Points;
  readonly learningRate: Points;
  readonly gradNorm: Points;
  readonly tokensPerSecond: Points;
  readonly residentBytes: Points;
}

/** A mark on the x-axis. */
export interface StepMark {
  readonly step: number;
  readonly x: number;
}

/** One figure of the strip above the charts. NaN where there is no value yet. */
export interface Figure {
  readonly last: number;
  readonly best?: { readonly value: number; readonly step: number };
  readonly trend: Points;
}

export interface RunFacts {
  readonly root: string;
  readonly name: string;
  /** "MoRA · rotation · rank 8". */
  readonly method: string;
  readonly state: ShownState;
  /** What to say when something is wrong: the sentence and what to do about it. */
  readonly problem: { readonly sentence: string; readonly advice: string } | null;
  readonly activity: string | null;
  readonly step: number;
  readonly totalSteps: number;
  readonly epoch: number;
  readonly elapsedSeconds: number;
  readonly secondsLeft: number | null;
  readonly trainableParameters: number;
  readonly checkpointStep: number | null;
  /** Optimizer steps on record. */
  readonly points: number;
}

export interface RunFigures {
  readonly loss: Figure;
  readonly validation: Figure;
  readonly learningRate: Figure;
  readonly gradNorm: Figure;
  readonly tokensPerSecond: Figure;
  readonly residentBytes: Figure;
}

export interface RunSnapshot {
  readonly facts: RunFacts;
  readonly figures: RunFigures;
  readonly axis: Axis;
  /** What the axis has, over all runs shown. */
  readonly extent: { readonly from: number; readonly to: number };
  /** Where the run itself has come to. */
  readonly newest: number;
  /** What is on screen. */
  readonly span: { readonly from: number; readonly to: number };
  readonly checkpoints: readonly StepMark[];
  /** Where ΔW was merged into the base (ReMoRA). */
  readonly merges: readonly StepMark[];
  /** Where passes over the data end, and which pass; of many only some. */
  readonly epochs: readonly { readonly epoch: number; readonly x: number }[];
  /** Bytes of samples.jsonl: other bytes, other samples. 0 without. */
  readonly sampleBytes: number;
  /** The run itself first. */
  readonly runs: readonly RunCurves[];
}

/** Exact values at the step nearest to a place on the axis. */
export interface Readout {
  readonly root: string;
  readonly step: number;
  readonly epoch: number;
  readonly tokens: number;
  readonly seconds: number;
  readonly loss: number;
  readonly smoothed: number;
  /** Of the nearest evaluation. */
  readonly validation: { readonly step: number; readonly loss: number; readonly accuracy: number } | null;
  readonly learningRate: number;
  readonly gradNorm: number;
  readonly tokensPerSecond: number;
  readonly residentBytes: number;
}

export interface EvaluationRow {
  readonly step: number;
  readonly epoch: number;
  readonly loss: number;
  readonly accuracy: number;
}

/** One field of the configurations that is not the same in all runs shown; null where a run lacks it. */
export interface ConfigurationDifference {
  readonly field: string;
  readonly values: readonly (string | null)[];
}

export interface RunHostEnd {
  requests: {
    /** From now on the panel looks at this window; changes arrive as `snapshot`. */
    look: { params: RunView; result: RunSnapshot };
    readout: { params: z.output<typeof readoutSchema>; result: readonly Readout[] };
    evaluations: { params: null; result: readonly EvaluationRow[] };
    differences: { params: null; result: readonly ConfigurationDifference[] };
    samples: { params: number | null; result: SamplesAt | null };
    sampleHistory: { params: number; result: SampleHistory };
    control: { params: Control; result: null };
  };
  events: {
    open: Openable;
    /** Ask the user which runs to lay over this one; the answer comes as `overlays`. */
    chooseOverlays: null;
    exportCsv: null;
    exportTensorBoard: null;
    /** A PNG as data URL. */
    exportPng: string;
  };
}

export interface RunPanelEnd {
  requests: Record<string, never>;
  events: { snapshot: RunSnapshot; overlays: readonly string[] };
}
