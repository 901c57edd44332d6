import type { Arithmetic } from './arithmetic';
import type { BandMatrix } from './bandMatrix';
import type { Bidiagonal } from './bidiagonal';
import { ROWS } from './simd/bidiagonalKernels';
import { CHASE_VECTORS } from './simd/chaseKernel';
import { place } from './workspace';

/**
 * Reduces an upper band matrix to an upper bidiagonal one with its singular values; where it has more columns than rows,
 * which adds none, to a square one. Destroys it; expects entries of magnitude at most about 1.
 *
 * Row by row a right reflector clears what lies right of the superdiagonal, and the bulge that this makes below the
 * diagonal is chased down the band: a left reflector clears its first column, which fills the band on the right, where
 * the next right reflector clears the first row, and so on. The rest of the bulge stays; the sweep of the next row moves
 * it on (Murata & Horikoshi 1975; Lang 1996, "Parallel reduction of banded matrices to bidiagonal form").
 */
export function bidiagonaliseBand(band: BandMatrix): Bidiagonal {
  const { arithmetic, rows, cols, width, base, stride, memory: a, free } = band;
  const diagonal = new Float64Array(rows);
  const superdiagonal = new Float64Array(Math.min(rows, cols - 1));
  const { bytes, kernels } = arithmetic;
  const places = [place(a, base), bytes * stride, arithmetic.columnBytes(free), vectorBytes(arithmetic, width)];
  for (let k = 0; k < rows; k++) {
    diagonal[k] = a[base + stride * k + k] as number;
    if (k < superdiagonal.length) superdiagonal[k] = kernels.clearRow(k, rows, cols, width, ...places);
  }
  return rows === cols ? { diagonal, superdiagonal } : square(diagonal, superdiagonal);
}

/** Bytes of a vector that the chase keeps, with zeros up to whole groups of rows or columns. */
function vectorBytes(arithmetic: Arithmetic, width: number): number {
  return arithmetic.columnBytes(width + ROWS + arithmetic.columns);
}

/** Room that {@link bidiagonaliseBand} needs behind a band matrix of this width. */
export function bandRoom(arithmetic: Arithmetic, width: number): number {
  return (CHASE_VECTORS * vectorBytes(arithmetic, width)) / arithmetic.bytes + arithmetic.columns;
}

/** Drops the last column of an upper bidiagonal matrix that has one column too many: rotates it into the others. */
function square(diagonal: Float64Array, superdiagonal: Float64Array): Bidiagonal {
  let off = superdiagonal.at(-1) ?? 0;
  for (let i = diagonal.length - 1; i >= 0; i--) {
    if (off === 0) break;
    const on = diagonal[i] as number;
    const length = Math.hypot(on, off);
    diagonal[i] = length;
    if (i === 0) break;
    const before = superdiagonal[i - 1] as number;
    superdiagonal[i - 1] = (before * on) / length;
    off = (-before * off) / length;
  }
  return { diagonal, superdiagonal: superdiagonal.subarray(0, -1) };
}
