import { timesTranspose } from '../../../analysis/product';
import { singularValues } from '../../../analysis/singularValues';
import { triangularFactor } from '../../../analysis/triangularFactor';

/**
 * The min(rank, dIn, dOut) singular values of scale · B A that can differ from 0, descending; `b` [dOut, rank],
 * `a` [rank, dIn]. With B = Q R and Aᵀ = P S they are those of the core R Sᵀ, at most rank × rank, times |scale|.
 */
export function loraSingularValues(
  dIn: number,
  dOut: number,
  rank: number,
  scale: number,
  a: Float32Array,
  b: Float32Array,
): Float64Array {
  const left = shortened(Float64Array.from(b), dOut, rank);
  const right = shortened(transposed(a, rank, dIn), dIn, rank);
  const rows = Math.min(dOut, rank);
  const cols = Math.min(dIn, rank);
  const values = singularValues(timesTranspose(left, right, rows, cols, rank), rows, cols);
  for (let i = 0; i < values.length; i++) values[i] = Math.abs(scale) * (values[i] as number);
  return values;
}

/** A matrix [min(rows, rank), rank] with the same XᵀX as `x` [rows, rank]. */
function shortened(x: Float64Array, rows: number, rank: number): Float64Array {
  return rows > rank ? triangularFactor(x, rows, rank) : x;
}

/** [cols, rows] from [rows, cols]. */
function transposed(a: Float32Array, rows: number, cols: number): Float64Array {
  const result = new Float64Array(a.length);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < cols; j++) result[j * rows + i] = a[i * cols + j] as number;
  }
  return result;
}
