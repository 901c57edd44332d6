/** In which forms an adapter leaves, and how near what was written is to it. */

/** The forms in which an adapter can leave. */
export const EXPORT_FORMATS = ['mora', 'peft', 'merged', 'gguf', 'gguf-lora'] as const;
export type ExportFormatName = (typeof EXPORT_FORMATS)[number];

/** The formats of numbers in which weights can be written, as PyTorch calls them. */
export const WEIGHT_DTYPES = ['float32', 'float16', 'bfloat16'] as const;
export type WeightDtype = (typeof WEIGHT_DTYPES)[number];

export interface ExportParams {
  /** Absolute path of an adapter folder, a checkpoint, or a run (its newest checkpoint). */
  readonly adapter: string;
  /** Of a run the checkpoint with the lowest validation loss instead. */
  readonly best?: boolean;
  /** Absolute folder of the base model, or its hub id; by default the one that the adapter names. */
  readonly model?: string;
  /** Absolute path of the folder to make. */
  readonly out: string;
  readonly format: ExportFormatName;
  /** Rank of a LoRA that can only be near. */
  readonly rank?: number;
  /** Format of the written numbers; by default each tensor keeps that of the base, and GGUF takes float16. */
  readonly dtype?: WeightDtype;
}

/** How far an export is along. */
export interface ExportProgress {
  readonly activity: 'writing' | 'reading back' | 'comparing';
  readonly done: number;
  readonly total: number;
}

/** ΔW of a module against the LoRA that stands for it; errors are ‖ΔW − BA‖ / ‖ΔW‖ in the Frobenius norm. */
export interface ModuleApproximation {
  readonly name: string;
  readonly rank: number;
  /** Measured on what was written. */
  readonly error: number;
  /** The least that this rank can reach, from the singular values of ΔW; null where they would take too long. */
  readonly optimum: number | null;
}

export interface ExportReport {
  readonly out: string;
  readonly format: ExportFormatName;
  /** The adapter folder that was exported; of a run, that of a checkpoint. */
  readonly adapter: string;
  readonly model: string;
  /** Bytes written. */
  readonly bytes: number;
  /** One for each module that a LoRA stands for. */
  readonly approximations: readonly ModuleApproximation[];
  /** Over all modules together; absent without approximations. */
  readonly overall?: { readonly error: number; readonly optimum: number | null };
  /** The logits of what was written against those of base plus adapter, on fixed sequences. */
  readonly logits: {
    /** max |Δlogit|. */
    readonly difference: number;
    /** What it may be; null where a loss is stated, not bounded. */
    readonly bound: number | null;
    /** Why that much: "each weight is rounded once to bfloat16". */
    readonly reason: string;
    /** max |logit| of base plus adapter. */
    readonly scale: number;
    /** max |Δlogit| that the adapter itself makes. */
    readonly adapterEffect: number;
    readonly positions: number;
    /** Positions whose likeliest token differs. */
    readonly changedTokens: number;
  };
  readonly warnings: readonly string[];
}
