import type { Bidiagonal } from './bidiagonal';
import { allBidiagonalSingularValues } from './bidiagonalSingularValues';

/** A bidiagonal matrix that has the `count` singular values of another, times `scale`, and zeros beyond. */
export interface BidiagonalForm {
  readonly matrix: Bidiagonal;
  readonly scale: number;
  readonly count: number;
}

/** All singular values of each of the matrices that these are forms of, descending; of two at once in the time of one. */
export function valuesOfForms(forms: readonly BidiagonalForm[]): Float64Array[] {
  return allBidiagonalSingularValues(forms.map(({ matrix }) => matrix)).map((values, index) => {
    const { scale, count } = forms[index] as BidiagonalForm;
    return values.subarray(0, count).map((value) => value / scale);
  });
}

/** That of a matrix of zeros. */
export function zeroForm(count: number): BidiagonalForm {
  const matrix = { diagonal: new Float64Array(count), superdiagonal: new Float64Array(Math.max(0, count - 1)) };
  return { matrix, scale: 1, count };
}
