import { arithmeticOf } from './arithmetic';
import { bidiagonalise } from './bidiagonal';
import { valuesOfForms, zeroForm, type BidiagonalForm } from './bidiagonalForm';
import { powerOfTwoScale } from './scale';
import { triangularFactor } from './triangularFactor';
import { workspace, type Workspace } from './workspace';

/** From this ratio of rows to columns it is cheaper to bidiagonalise the triangular factor (Chan 1982). */
const TALL = 5 / 3;

/**
 * All min(rows, cols) singular values of `a` [rows, cols], row-major, descending. Does not change `a`.
 *
 * Householder bidiagonalisation (Golub & Van Loan, Matrix Computations, §5.4), then dqds: each value is within a few ε·σ₁ of
 * the truth. About 8/3 n³ operations for a square matrix.
 * Throws a RangeError when the length does not match or an entry is not finite.
 */
export function singularValues(a: Float32Array | Float64Array, rows: number, cols: number): Float64Array {
  return valuesOfForms([bidiagonalForm(a, rows, cols)])[0] as Float64Array;
}

/** The first half of {@link singularValues}. */
export function bidiagonalForm(a: Float32Array | Float64Array, rows: number, cols: number): BidiagonalForm {
  if (a.length !== rows * cols) throw new RangeError(`${a.length} entries are not a ${rows} × ${cols} matrix.`);
  const scale = powerOfTwoScale(a, cols);
  const long = Math.max(rows, cols);
  const count = Math.min(rows, cols);
  if (scale === 0) return zeroForm(count);
  const work =
    long >= TALL * count
      ? filled(triangularFactor(uprightCopy(a, rows, cols, scale), long, count), count, count, 1)
      : filled(a, rows, cols, scale);
  return { matrix: bidiagonalise(work), scale, count };
}

/** A workspace with `scale`·a, transposed where that makes it at least as tall as wide. */
function filled(a: Float32Array | Float64Array, rows: number, cols: number, scale: number): Workspace {
  const work = workspace(arithmeticOf(a), Math.max(rows, cols), Math.min(rows, cols));
  writeUpright(a, rows, cols, scale, work.memory, work.stride);
  return work;
}

/** The same, row by row without padding. */
function uprightCopy(a: Float32Array | Float64Array, rows: number, cols: number, scale: number): Float64Array {
  const upright = new Float64Array(a.length);
  writeUpright(a, rows, cols, scale, upright, Math.min(rows, cols));
  return upright;
}

/** Entries of `upright` from one row to the next: `stride`. */
function writeUpright(
  a: Float32Array | Float64Array,
  rows: number,
  cols: number,
  scale: number,
  upright: Float32Array | Float64Array,
  stride: number,
): void {
  const [down, right] = rows >= cols ? [stride, 1] : [1, stride];
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < cols; j++) upright[i * down + j * right] = (a[i * cols + j] as number) * scale;
  }
}
