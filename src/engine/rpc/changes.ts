import type { ModuleSpectrum } from '../../run/spectra';

/**
 * What is asked of a change with the weights that it changes at hand: the spectra of the difference of two models, the
 * norms of the base, intruder dimensions.
 */

/** A change of a base model: an adapter (a checkpoint, a run) on it, or another model that was made of it. */
export type ChangeSource =
  | {
      readonly kind: 'adapter';
      /** Absolute path of an adapter folder, a checkpoint, or a run (its newest checkpoint). */
      readonly path: string;
      /** Absolute folder of the base model, or its hub id; by default the one that the adapter names. */
      readonly base?: string;
    }
  | {
      readonly kind: 'difference';
      /** Absolute folders of models, or hub ids of downloaded ones. */
      readonly base: string;
      readonly tuned: string;
    };

export interface DifferenceParams {
  readonly base: string;
  readonly tuned: string;
}

/** The spectra of ΔW = W₂ − W₁ of every linear layer in the decoder layers of two models. */
export interface ModelDifference {
  readonly base: string;
  readonly tuned: string;
  readonly modules: readonly ModuleSpectrum[];
  /** What was left out and why, and what in the files limits the figures. */
  readonly warnings: readonly string[];
  readonly seconds: number;
}

/** How far a job over modules is: weights done and in all, the module at work, what was found since the last time. */
export interface ModuleProgress<Found> {
  readonly done: number;
  readonly total: number;
  readonly module: string;
  readonly found: readonly Found[];
}

export interface IntrudersParams {
  readonly source: ChangeSource;
  /** Full names of the modules to look at; null for all that are changed. */
  readonly modules: readonly string[] | null;
  /** How many leading left singular vectors of each tuned weight. */
  readonly top: number;
}

export interface ModuleCosines {
  /** Full name in the checkpoint. */
  readonly name: string;
  /**
   * Of each of the first left singular vectors of W₀ + ΔW the largest |cos| with any left singular vector of W₀: those
   * below an ε are intruder dimensions.
   */
  readonly cosines: readonly number[];
}

export interface Intruders {
  readonly modules: readonly ModuleCosines[];
  readonly warnings: readonly string[];
}

export interface BaseNormsParams {
  readonly source: ChangeSource;
  /** Bytes of weights to read at most; null for as many as there are. */
  readonly limit: number | null;
}

export interface BaseNorm {
  /** Full name in the checkpoint. */
  readonly name: string;
  /** ‖W‖_F */
  readonly norm: number;
}

export interface BaseNorms {
  readonly norms: readonly BaseNorm[];
  /** Bytes of the weights that are changed; more than the limit leaves `norms` empty. */
  readonly bytes: number;
}
