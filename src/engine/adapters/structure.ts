import type { MoraType } from '../../config/mode';
import type { LayerPermutation } from './permutation';

/** M of MoRA, N of normalized MoRA, A and B of LoRA, W of full fine-tuning. */
export type ParameterName = 'M' | 'N' | 'A' | 'B' | 'W';

/** The trained values, row-major, by name; each structure says which names and shapes it wants. */
export type AdapterParameters = Partial<Readonly<Record<ParameterName, Float32Array>>>;

/** What is the same for every way to write the change ΔW [dOut, dIn] of one linear layer y = (W₀ + ΔW) x. */
export interface DeltaStructure {
  readonly method: 'mora' | 'lora' | 'full';
  readonly dIn: number;
  readonly dOut: number;
  /** Name → [rows, cols] of each trainable matrix. */
  readonly parameterShapes: ReadonlyMap<ParameterName, readonly [rows: number, cols: number]>;
  readonly parameterCount: number;
  /** The largest rank that ΔW can have; reached by generic parameters. */
  readonly rankBound: number;
  /** ΔW [dOut, dIn], row-major. Throws when a parameter is missing or has the wrong length. */
  readonly deltaWeight: (parameters: AdapterParameters) => Float32Array;
  /** The `rankBound` largest singular values of ΔW, descending; all others are 0. Exact, and without forming ΔW. */
  readonly singularValues: (parameters: AdapterParameters) => Float64Array;
}

/** What the operators of MoRA depend on. */
export interface MoraGeometry {
  readonly dIn: number;
  readonly dOut: number;
  readonly type: MoraType;
  /** r̂, the side of the square matrix M. */
  readonly rHat: number;
}

/** Trains M [r̂, r̂], spread over ΔW by sharing (types 1 to 4) or rotation (type 6). */
export interface MoraStructure extends DeltaStructure, MoraGeometry {
  readonly method: 'mora';
  /** The rank of the LoRA with about as many parameters, from which r̂ follows. */
  readonly rank: number;
  /** Trains N instead, of which M is S_out N S_in (mora/normalization.ts). */
  readonly normalized: boolean;
  /** A shuffle of the layer's inputs and outputs over the groups (ReMoRA); null where the order is the model's. */
  readonly permutation: LayerPermutation | null;
}

/** Trains A [rank, dIn] and B [dOut, rank]; ΔW = scale · B A. */
export interface LoraStructure extends DeltaStructure {
  readonly method: 'lora';
  readonly rank: number;
  readonly alpha: number;
  /** rsLoRA (Kalajdzievski 2023): the scale falls with √rank instead of rank. */
  readonly rankStabilised: boolean;
  /** alpha / rank, or alpha / √rank. */
  readonly scale: number;
}

/** Trains ΔW itself, as W [dOut, dIn]. */
export interface FullStructure extends DeltaStructure {
  readonly method: 'full';
}

export type AdapterStructure = MoraStructure | LoraStructure | FullStructure;
