import type { Arithmetic, Reals } from './arithmetic';
import { notFinite, scaleOf } from './scale';
import { ROWS } from './simd/bidiagonalKernels';

/** A matrix [rows, cols] in memory that the kernels see, with zeros that fill up its rows and columns. */
export interface Workspace {
  readonly arithmetic: Arithmetic;
  readonly rows: number;
  readonly cols: number;
  /** Entries from one row to the next. */
  readonly stride: number;
  /** Begins with the matrix, after which there is room for `VECTORS` as long as a column and as many as long as a row. */
  readonly memory: Reals;
}

/** Vectors as long as a column: v, s and those owed; and as long as a row: w, u and those owed. */
const VECTORS = 4;

/** A workspace with a matrix of zeros, to be filled. All share one memory: it is valid until the next is asked for. */
export function workspace(arithmetic: Arithmetic, rows: number, cols: number): Workspace {
  const stride = arithmetic.wholeGroups(cols);
  const column = columnLength(arithmetic, rows);
  const memory = arithmetic.reals((rows + ROWS - 1) * stride + VECTORS * (column + stride));
  return { arithmetic, rows, cols, stride, memory };
}

/**
 * Brings the largest magnitude of a workspace's matrix, which holds the entries of `a` [·, cols], into [0.5, 1) by a power
 * of two, which it returns: squares can then neither overflow nor vanish, and nothing is rounded. 0 for the zero matrix.
 * Throws a RangeError that names the first entry of `a` that is not finite.
 */
export function scaleWorkspace({ arithmetic, rows, stride, memory }: Workspace, a: Reals, cols: number): number {
  const { combine, largest } = arithmetic.kernels;
  const [bytes, start] = [arithmetic.bytes * rows * stride, place(memory, 0)];
  const most = bytes === 0 ? 0 : largest(bytes, start);
  if (!Number.isFinite(most)) throw notFinite(a, cols);
  const scale = scaleOf(most, arithmetic.largestPower);
  if (scale !== 0) combine(bytes, start, start, start, scale, 0);
  return scale;
}

/** Entries of a vector as long as a column, with zeros: a group of its entries may begin at any of them. */
export function columnLength(arithmetic: Arithmetic, rows: number): number {
  return rows + arithmetic.columns - 1;
}

/** How many groups of rows the kernels take for so many rows. */
export function rowGroups(rows: number): number {
  return Math.ceil(rows / ROWS);
}

/** The address of an entry. */
export function place(vector: Reals, index: number): number {
  return vector.byteOffset + vector.BYTES_PER_ELEMENT * index;
}
