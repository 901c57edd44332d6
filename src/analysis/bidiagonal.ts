import { upperBand } from './upperBand';
import type { Workspace } from './workspace';

/** An upper bidiagonal matrix: `diagonal[n]` and `superdiagonal[n - 1]` above it. */
export interface Bidiagonal {
  readonly diagonal: Float64Array;
  readonly superdiagonal: Float64Array;
}

/**
 * The upper bidiagonal matrix with the singular values of the matrix of a workspace, which has at least as many rows as
 * columns and entries of magnitude at most 1 and is destroyed.
 */
export function bidiagonalise(work: Workspace): Bidiagonal {
  const { rows, cols } = work;
  if (rows < cols) throw new RangeError(`A ${rows} × ${cols} matrix has fewer rows than columns.`);
  const band = upperBand(work, 1);
  return {
    diagonal: Float64Array.from({ length: cols }, (_, k) => band[2 * k] as number),
    superdiagonal: Float64Array.from({ length: Math.max(0, cols - 1) }, (_, k) => band[2 * k + 1] as number),
  };
}
