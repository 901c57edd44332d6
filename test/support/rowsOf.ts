import type { HeadRows } from '../../src/engine/models/head/quantiseHead';

/** Rows of a matrix in memory, so many numbers wide. */
export function rowsOf(matrix: Float32Array, width: number): HeadRows {
  return (start, end) => matrix.subarray(start * width, end * width);
}
