import { COLUMNS, ROWS } from './simd/bidiagonalKernels';
import { kernelMemory } from './simd/kernels';

/** A matrix [rows, cols] in memory that the kernels see, with zeros that fill up its rows and columns. */
export interface Workspace {
  readonly rows: number;
  readonly cols: number;
  /** Entries from one row to the next. */
  readonly stride: number;
  /** Begins with the matrix, after which there is room for `VECTORS` as long as a column and as many as long as a row. */
  readonly memory: Float64Array;
}

/** Vectors as long as a column: v, s and those owed; and as long as a row: w, u and those owed. */
const VECTORS = 4;

const FLOAT64 = 8;

/** A workspace with a matrix of zeros, to be filled. All share one memory: it is valid until the next is asked for. */
export function workspace(rows: number, cols: number): Workspace {
  const stride = wholeGroups(cols);
  const memory = kernelMemory(columnLength(rows) * stride + VECTORS * (columnLength(rows) + stride));
  return { rows, cols, stride, memory };
}

/** Rows with those of zeros after the last: a group of rows may begin at any row. */
export function columnLength(rows: number): number {
  return rows + ROWS - 1;
}

/** How many groups of rows the kernels take for so many rows. */
export function rowGroups(rows: number): number {
  return Math.ceil(rows / ROWS);
}

/** Entries of whole groups of columns. */
export function wholeGroups(cols: number): number {
  return COLUMNS * Math.ceil(cols / COLUMNS);
}

/** Bytes of whole groups of columns. */
export function columnBytes(cols: number): number {
  return FLOAT64 * wholeGroups(cols);
}

/** The address of an entry. */
export function place(vector: Float64Array, index: number): number {
  return vector.byteOffset + FLOAT64 * index;
}
