import type { FloatDtype } from '../weights/dtype';
import type { ExportSource } from './exportSource';
import type { AppliedAdapter, ReadBackModel } from './logits';

/** What the user chose, apart from the format; each format takes what concerns it. */
export interface ExportOptions {
  /** Rank of a LoRA that can only be near. */
  readonly rank?: number;
  /** Format of the numbers; by default each tensor keeps its own. */
  readonly dtype?: FloatDtype;
}

/** What a format gets to work with. */
export interface ExportTask {
  readonly source: ExportSource;
  readonly options: ExportOptions;
  /** New and empty; gets its final name when the export was read back and agrees. */
  readonly folder: string;
  readonly signal: AbortSignal;
  /** Of `write` in any unit; of `readBack` likewise, from 0 again. */
  readonly onProgress: (done: number, total: number) => void;
}

/** One way to write an adapter. */
export interface ExportFormat {
  /** Options that mean something to it; others are refused, not passed over. */
  readonly takes: readonly (keyof ExportOptions)[];
  /** Throws a UserError that names another format, before anything is written, when this one cannot say the adapter. */
  readonly check: (source: ExportSource, options: ExportOptions) => void;
  /** Bytes that will be written, as nearly as is known beforehand. */
  readonly expectedBytes: (source: ExportSource, options: ExportOptions) => number;
  readonly write: (task: ExportTask) => Promise<WrittenExport>;
}

/** What was written, and how to judge it. */
export interface WrittenExport {
  /** Reads it back through the readers that any such file goes through. */
  readonly readBack: () => Promise<ReadBackExport>;
  /** The largest |Δlogit| that may be, as a share of the largest logit; null where a loss is stated, not bounded. */
  readonly tolerance: number | null;
  /** Why that much: "each weight is rounded once to bfloat16". */
  readonly toleranceReason: string;
  /** How near each module is, where a LoRA stands for it. */
  readonly approximations: readonly Approximation[];
  /** How to use it, for its README: Markdown. */
  readonly usage: string;
  readonly warnings: readonly string[];
}

export interface ReadBackExport {
  readonly model: ReadBackModel;
  readonly adapter: AppliedAdapter;
  close(): Promise<void>;
}

/** ΔW of one module against the LoRA that stands for it. */
export interface Approximation {
  /** "model.layers.0.self_attn.q_proj" */
  readonly name: string;
  readonly rank: number;
  /** ‖ΔW − BA‖² in the Frobenius norm, measured on what was written. */
  readonly squaredError: number;
  /** The least that any matrix of this rank reaches: Σ_{k>rank} σ_k² of ΔW; null where σ would take too long. */
  readonly squaredOptimum: number | null;
  /** ‖ΔW‖². */
  readonly squaredNorm: number;
}

/** Float32 arithmetic in another order moves logits by a few units in the last place; this share of the largest is far above. */
export const EXACT_TOLERANCE = 1e-4;
