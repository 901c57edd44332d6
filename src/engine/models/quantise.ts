import { sharedArray } from '../runtime/threaded/sharedData';
import { fitsLanes, quantiseInLanes } from './quantiseInLanes';
import { quantisePlainly } from './quantisePlainly';

/** A weight W [dOut, dIn] in bytes for both directions; see adapters/frozenWeight.ts. */
export interface QuantisedArrays {
  /** Wᵀ [dIn, dOut] with a scale for each output. */
  readonly forward: Int8Array;
  readonly forwardScales: Float32Array<ArrayBuffer>;
  /** W [dOut, dIn] with a scale for each input. */
  readonly backward: Int8Array;
  readonly backwardScales: Float32Array<ArrayBuffer>;
}

/** Makes memory for bytes. */
export type MakeBytes = (length: number) => Int8Array;

export const plainBytes: MakeBytes = (length) => new Int8Array(length);
/** Memory that threads share. */
export const sharedBytes: MakeBytes = (length) => sharedArray('int8', length);

/** What a backward direction of columns takes that are not all here. */
export interface Columns {
  /** [dIn]: the backward direction holds W − 1 centreᵀ. */
  readonly centre: Float32Array;
  /** [dIn]: the largest |w − centre| of each column. */
  readonly largest: Float32Array;
}

/**
 * Rounds W [dOut, dIn] to the nearest multiples of max |w| / 127 of each output's row, and of each input's column. Where
 * these are only some of a matrix's rows, `columns` says what is to be known of all. The bytes are in memory of `make`.
 */
export function quantise(
  weight: Float32Array,
  dOut: number,
  dIn: number,
  columns?: Columns,
  make: MakeBytes = plainBytes,
): QuantisedArrays {
  // The same to the bit, in a quarter of the time.
  return fitsLanes(dOut, dIn)
    ? quantiseInLanes(weight, dOut, dIn, columns, make)
    : quantisePlainly(weight, dOut, dIn, columns, make);
}
