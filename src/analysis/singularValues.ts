import { bidiagonalise } from './bidiagonal';
import { bidiagonalSingularValues } from './bidiagonalSingularValues';
import { powerOfTwoScale } from './scale';
import { triangularFactor } from './triangularFactor';

/** From this ratio of rows to columns it is cheaper to bidiagonalise the triangular factor (Chan 1982). */
const TALL = 5 / 3;

/**
 * All min(rows, cols) singular values of `a` [rows, cols], row-major, descending. Does not change `a`.
 *
 * Householder bidiagonalisation, then implicit QR (Golub & Van Loan, Matrix Computations, §8.6): each value is within
 * a few ε·σ₁ of the truth. About 8/3 n³ operations for a square matrix.
 * Throws a RangeError when the length does not match or an entry is not finite.
 */
export function singularValues(a: Float32Array | Float64Array, rows: number, cols: number): Float64Array {
  if (a.length !== rows * cols) throw new RangeError(`${a.length} entries are not a ${rows} × ${cols} matrix.`);
  const scale = powerOfTwoScale(a, cols);
  if (scale === 0) return new Float64Array(Math.min(rows, cols));
  const long = Math.max(rows, cols);
  const short = Math.min(rows, cols);
  const values =
    long >= TALL * short
      ? triangularSingularValues(triangularFactor(scaledUpright(a, rows, cols, scale, 0), long, short), short)
      : bidiagonalSingularValues(bidiagonalise(scaledUpright(a, rows, cols, scale, 1), long, short));
  for (let i = 0; i < values.length; i++) values[i] = (values[i] as number) / scale;
  return values;
}

/** `scale`·a, transposed where that makes it at least as tall as wide, and `spareRows` rows of zeros. */
function scaledUpright(
  a: Float32Array | Float64Array,
  rows: number,
  cols: number,
  scale: number,
  spareRows: number,
): Float64Array {
  const upright = new Float64Array(a.length + spareRows * Math.min(rows, cols));
  if (rows >= cols) {
    for (let i = 0; i < a.length; i++) upright[i] = (a[i] as number) * scale;
    return upright;
  }
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < cols; j++) upright[j * rows + i] = (a[i * cols + j] as number) * scale;
  }
  return upright;
}

function triangularSingularValues(r: Float64Array, side: number): Float64Array {
  const withSpareRow = new Float64Array((side + 1) * side);
  withSpareRow.set(r);
  return bidiagonalSingularValues(bidiagonalise(withSpareRow, side, side));
}
