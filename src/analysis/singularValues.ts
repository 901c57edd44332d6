import { arithmeticOf, type Reals } from './arithmetic';
import { bidiagonalise } from './bidiagonal';
import { valuesOfForms, zeroForm, type BidiagonalForm } from './bidiagonalForm';
import { powerOfTwoScale } from './scale';
import { triangularFactor } from './triangularFactor';
import { scaleWorkspace, workspace } from './workspace';

/** From this ratio of rows to columns it is cheaper to bidiagonalise the triangular factor (Chan 1982). */
const TALL = 5 / 3;

/**
 * All min(rows, cols) singular values of `a` [rows, cols], row-major, descending. Does not change `a`.
 *
 * Householder bidiagonalisation (Golub & Van Loan, Matrix Computations, §5.4), then dqds: each value is within a few ε·σ₁ of
 * the truth. About 8/3 n³ operations for a square matrix.
 * Throws a RangeError when the length does not match or an entry is not finite.
 */
export function singularValues(a: Reals, rows: number, cols: number): Float64Array {
  return valuesOfForms([bidiagonalForm(a, rows, cols)])[0] as Float64Array;
}

/** The first half of {@link singularValues}. */
export function bidiagonalForm(a: Reals, rows: number, cols: number): BidiagonalForm {
  if (a.length !== rows * cols) throw new RangeError(`${a.length} entries are not a ${rows} × ${cols} matrix.`);
  const [long, short] = [Math.max(rows, cols), Math.min(rows, cols)];
  return long >= TALL * short ? tallForm(a, rows, cols) : plainForm(a, rows, cols);
}

function plainForm(a: Reals, rows: number, cols: number): BidiagonalForm {
  const count = Math.min(rows, cols);
  const work = workspace(arithmeticOf(a), Math.max(rows, cols), count);
  writeUpright(a, rows, cols, work.memory, work.stride);
  const scale = scaleWorkspace(work, a, cols);
  return scale === 0 ? zeroForm(count) : { matrix: bidiagonalise(work), scale, count };
}

/** By the triangular factor, in float64. */
function tallForm(a: Reals, rows: number, cols: number): BidiagonalForm {
  const count = Math.min(rows, cols);
  const scale = powerOfTwoScale(a, cols);
  if (scale === 0) return zeroForm(count);
  const upright = new Float64Array(a.length);
  writeUpright(a, rows, cols, upright, count);
  const factor = triangularFactor(
    upright.map((x) => x * scale),
    Math.max(rows, cols),
    count,
  );
  const work = workspace(arithmeticOf(factor), count, count);
  writeUpright(factor, count, count, work.memory, work.stride);
  return { matrix: bidiagonalise(work), scale, count };
}

/** Writes `a` at least as tall as wide, with `stride` entries from one row to the next: transposed where it is wide. */
function writeUpright(a: Reals, rows: number, cols: number, upright: Reals, stride: number): void {
  if (rows >= cols) {
    for (let i = 0; i < rows; i++) upright.set(a.subarray(i * cols, (i + 1) * cols), i * stride);
  } else {
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < cols; j++) upright[i + j * stride] = a[i * cols + j] as number;
    }
  }
}
