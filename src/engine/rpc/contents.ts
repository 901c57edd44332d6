import type { Inspection } from './inspection';

/**
 * What a look into a checkpoint asks and gets: the listing, which reads headers only, and on demand values of single
 * tensors and the difference of two checkpoints.
 */

export interface ContentsParams {
  /** Absolute path of a .safetensors file, a *.safetensors.index.json or an adapter_config.json. */
  readonly path: string;
}

/** Which of an adapter's matrices a tensor is. "copy": of M, which the official code saves twice. */
export type TensorRole = 'M' | 'copy' | 'A' | 'B' | 'delta' | 'saved';

export interface ListedTensor {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Its elements. */
  readonly parameters: number;
  readonly bytes: number;
  /** Place of its file in `files`. */
  readonly file: number;
  readonly role?: TensorRole;
}

/** A file that belongs to the checkpoint. */
export interface ContentsFile {
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  readonly bytes: number;
  readonly headerBytes: number;
  readonly tensors: number;
  /** Size and time of change when it was listed: what is read later must still be of this file. */
  readonly stamp: string;
  /** Why it could not be listed. */
  readonly problem?: string;
}

/** Tensors that together are the ΔW of one module. */
export interface AdaptedModule {
  /** What its tensors' names begin with, up to the dot before "lora_A". */
  readonly group: string;
  readonly method: 'mora' | 'lora' | 'full';
  /** MoRA: side of M. */
  readonly rHat?: number;
  /** LoRA: what A and B share. */
  readonly rank?: number;
  /** Why it cannot be used as it is. */
  readonly problem?: string;
}

export interface Contents {
  readonly path: string;
  readonly kind: 'file' | 'shards' | 'adapter';
  readonly files: readonly ContentsFile[];
  /** In the order of the headers, file by file. */
  readonly tensors: readonly ListedTensor[];
  /** Tensors that are there but would be too many to list. */
  readonly unlisted: number;
  readonly totals: { readonly tensors: number; readonly parameters: number; readonly bytes: number };
  /** From the header; of shards, from the index. */
  readonly metadata: Readonly<Record<string, string>>;
  /** What adapter_config.json says; absent without one that can be read. */
  readonly adapter?: NonNullable<Inspection['adapter']>;
  readonly modules: readonly AdaptedModule[];
  readonly warnings: readonly string[];
  /** To read and check the headers. */
  readonly seconds: number;
}

/** A tensor as it was listed. */
export interface TensorPlace {
  /** Absolute path of its file. */
  readonly path: string;
  readonly stamp: string;
  readonly tensor: string;
}

export interface StatisticsParams extends TensorPlace {
  /** Values to read at most, in blocks spread evenly over the tensor; null reads all. */
  readonly limit: number | null;
}

export interface ExtremeValue {
  readonly value: number;
  /** Place of its first occurrence, row-major. */
  readonly index: number;
}

/**
 * Of the values that were read. Mean, standard deviation and norm are of the finite ones; null without one, and where
 * they overflow float64.
 */
export interface TensorStatistics {
  /** Elements of the tensor, and how many of them were read, in how many blocks. */
  readonly values: number;
  readonly read: number;
  readonly blocks: number;
  readonly zeros: number;
  readonly nan: number;
  readonly infinite: number;
  /** Place of the first value that is not finite. */
  readonly firstNotFinite: number | null;
  readonly least: ExtremeValue | null;
  readonly greatest: ExtremeValue | null;
  readonly mean: number | null;
  /** Over their number, not one less. */
  readonly standardDeviation: number | null;
  /** Square root of the sum of squares, of the values read. */
  readonly norm: number | null;
  /** Equal intervals from the least to the greatest finite value; null without one. */
  readonly histogram: readonly number[] | null;
  /** How many values have 2^(first + i) ≤ |x| < 2^(first + i + 1). */
  readonly magnitudes: { readonly first: number; readonly counts: readonly number[] } | null;
  readonly seconds: number;
}

/** A window of values: of row r and column c the element offset + r · stride + c. */
export interface ValuesParams extends TensorPlace {
  readonly offset: number;
  readonly stride: number;
  readonly rows: number;
  readonly columns: number;
}

/** Row-major. What JSON numbers cannot say (NaN, ∞, large integers) is text; null lies beyond the tensor's end. */
export type WindowValue = number | string | null;

export interface CompareParams {
  /** As in ContentsParams. */
  readonly left: string;
  readonly right: string;
}

export interface ComparedSide {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly bytes: number;
}

/** A tensor that both have and that is not the same. */
export interface TensorDifference {
  readonly name: string;
  readonly left: ComparedSide;
  readonly right: ComparedSide;
  /**
   * "shape" and "unreadable" have no figures. Where every value is the same, "dtype": in another type; "bits": in other
   * bytes, as of zero and minus zero.
   */
  readonly reason: 'values' | 'dtype' | 'bits' | 'shape' | 'unreadable';
  readonly values: number;
  /** Elements that differ. */
  readonly changed: number;
  /** Pairs of which one is not finite; they count in `changed` if they differ, and in no norm. */
  readonly notFinite: number;
  /** ‖right − left‖, Frobenius; null where it overflows float64. */
  readonly norm: number | null;
  /** ‖left‖, Frobenius. */
  readonly leftNorm: number | null;
  /** Largest |right − left|. */
  readonly largest: number;
}

export interface CheckpointDifference {
  readonly left: { readonly path: string; readonly tensors: number; readonly bytes: number };
  readonly right: { readonly path: string; readonly tensors: number; readonly bytes: number };
  /** Tensors that are the same, byte for byte. */
  readonly same: number;
  readonly differing: readonly TensorDifference[];
  readonly onlyLeft: readonly ListedTensor[];
  readonly onlyRight: readonly ListedTensor[];
  /** Over all tensors whose values were compared. */
  readonly norm: number | null;
  readonly leftNorm: number | null;
  readonly bytesRead: number;
  readonly seconds: number;
  readonly warnings: readonly string[];
}

/** Bytes done and in all; of a comparison also the tensor, and what was found since the last time. */
export interface ReadingProgress {
  readonly done: number;
  readonly total: number;
  readonly tensor?: string;
  readonly found?: readonly TensorDifference[];
}
