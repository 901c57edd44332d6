import type { Arithmetic, Reals } from './arithmetic';
import { ROWS } from './simd/bidiagonalKernels';

/**
 * An upper band matrix [rows, cols], rows ≤ cols, with room for the entries that fill in while it is made bidiagonal, in
 * memory that the kernels see. Entry [i, j] lies at `base` + `stride`·i + j, as in a dense matrix, but rows are shorter and
 * overlap: what lies before the entries of one row belongs to another.
 */
export interface BandMatrix {
  readonly arithmetic: Arithmetic;
  readonly rows: number;
  readonly cols: number;
  /** Row i has entries in columns i to i + `width`. */
  readonly width: number;
  readonly base: number;
  readonly stride: number;
  readonly memory: Reals;
  /** Where in the memory the room after the matrix begins. */
  readonly free: number;
}

/** A band matrix of zeros, to be filled, and `room` entries more. It is valid until other memory is asked for. */
export function bandMatrix(
  arithmetic: Arithmetic,
  rows: number,
  cols: number,
  width: number,
  room: number,
): BandMatrix {
  if (rows > cols) throw new RangeError(`A band matrix of ${rows} × ${cols} has more rows than columns.`);
  // From width − 1 below the diagonal to 2 width − 1 right of it.
  const stride = 3 * width - 2;
  // The kernels' groups reach beyond the window that they are given, where they change nothing.
  const margin = width + ROWS + arithmetic.columns;
  const free = margin + (rows + ROWS) * stride + cols + margin;
  const memory = arithmetic.reals(free + room);
  return { arithmetic, rows, cols, width, base: margin, stride, memory, free };
}
