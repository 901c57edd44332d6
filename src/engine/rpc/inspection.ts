import type { ModuleSpectrum } from '../../run/spectra';

/** What is asked of an adapter, a run, a model or a file of tensors, and what is in it. */

export interface InspectParams {
  /** Absolute path of an adapter folder, a checkpoint, a run, or a .safetensors file; or the hub id of a model. */
  readonly path: string;
}

export interface TensorSummary {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly bytes: number;
}

export interface Inspection {
  readonly path: string;
  readonly kind: 'adapter' | 'run' | 'tensors' | 'model';
  /** For an adapter: how its configuration describes it. */
  readonly adapter?: {
    readonly method: 'mora' | 'lora' | 'full';
    readonly moraType?: number;
    readonly mode?: string;
    readonly rank: number | null;
    readonly alpha?: number;
    /** LoRA: scaled by alpha/√rank instead of alpha/rank. */
    readonly rankStabilised?: boolean;
    /** How many ΔW were merged into the base before; they count in the spectra. Absent without. */
    readonly merges?: number;
    /** Its rows and columns are shuffled (ReMoRA). */
    readonly shuffled?: boolean;
    readonly baseModel: string | null;
  };
  /** One for each adapted module; empty for plain tensors. */
  readonly modules: readonly ModuleSpectrum[];
  readonly tensors: readonly TensorSummary[];
  /** What is odd about the files though they can be read. */
  readonly warnings: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
}
