import type { Arithmetic, Reals } from './arithmetic';
import type { BandMatrix } from './bandMatrix';
import type { Bidiagonal } from './bidiagonal';
import { reflectorScale } from './householder';
import { ROWS } from './simd/bidiagonalKernels';
import { reflectVector } from './vectorReflector';
import { place, rowGroups } from './workspace';

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
  const { rows, cols, base, stride, memory: a } = band;
  const diagonal = new Float64Array(rows);
  const superdiagonal = new Float64Array(Math.min(rows, cols - 1));
  const clear = rowClearing(band);
  for (let k = 0; k < rows; k++) {
    diagonal[k] = a[base + stride * k + k] as number;
    if (k < superdiagonal.length) superdiagonal[k] = clear(k);
  }
  return rows === cols ? { diagonal, superdiagonal } : square(diagonal, superdiagonal);
}

/** A function that clears row k right of the superdiagonal, whose entry it returns, and chases the bulge. */
function rowClearing(band: BandMatrix): (k: number) => number {
  const { arithmetic, rows, cols, width, base, stride, memory: a, free } = band;
  const { subtractPair, accumulate, timesVector, dot, combine, columnMinus } = arithmetic.kernels;
  const rowBytes = arithmetic.bytes * stride;
  const padding = paddingOf(arithmetic);
  const at = (i: number, j: number): number => base + stride * i + j;
  let end = free;
  const vector = (length: number): KernelVector => {
    const entries = a.subarray(end, (end += length + padding));
    return { entries, address: place(entries, 0) };
  };
  // Of the block on the diagonal: right reflector I − γ u uᵀ and s = γ A u, left one I − β v vᵀ and w = β Aᵀ v.
  let [u, v] = [vector(width), vector(width)];
  const [s, w] = [vector(width), vector(width)];
  // The same of the block above, whose left reflector is still to be applied to these columns.
  let [vAbove, wAbove] = [vector(width), vector(width)];
  const sAbove = vector(width);
  let [uBeside, wBeside] = [vector(width), vector(width)];
  const [dots, sums] = [vector(2 * width), vector(2 * width)];

  /** Zeros after the last entry, up to whole groups. */
  const endAt = ({ entries }: KernelVector, length: number): void => {
    for (let i = length; i < arithmetic.wholeGroups(length); i++) entries[i] = 0;
  };

  return (k) => {
    let first = k + 1;
    let count = Math.min(width, cols - first);
    const row = at(k, first);
    for (let j = 0; j < count; j++) u.entries[j] = a[row + j] as number;
    endAt(u, count);
    const superdiagonal = reflectVector(arithmetic, u.entries, 0, 0, arithmetic.wholeGroups(count));
    let corner = superdiagonal;
    let [top, above] = [first, 0];
    for (;;) {
      const height = Math.max(0, Math.min(count, rows - first));
      if (above + height === 0) break;
      const bytes = arithmetic.columnBytes(count);
      const block = place(a, at(first, first));
      const upper = place(a, at(top, first));
      timesVector(rowGroups(above + height), bytes, upper, rowBytes, u.address, dots.address);
      const u0 = u.entries[0] as number;
      const gamma = reflectorScale(corner, u0);
      if (above > 0) {
        const wu = dot(bytes, wAbove.address, u.address);
        combine(arithmetic.columnBytes(above), sAbove.address, dots.address, vAbove.address, gamma, -gamma * wu);
        endAt(sAbove, above);
        const [v0, s0, w0] = [vAbove.address, sAbove.address, wAbove.address];
        subtractPair(rowGroups(above), bytes, upper, rowBytes, v0, s0, w0, u.address);
        a.fill(0, at(top, first), at(top, first + count));
        a[at(top, first)] = corner;
      }
      if (height === 0) break;

      const groups = rowGroups(height);
      const dotsBelow = dots.address + arithmetic.bytes * above;
      combine(arithmetic.columnBytes(height), s.address, dotsBelow, dotsBelow, gamma, 0);
      endAt(s, height);
      columnMinus(groups, block, rowBytes, s.address, s.address, v.address, u0, 0);
      endAt(v, height);
      const alpha = reflectVector(arithmetic, v.entries, 0, 0, arithmetic.wholeGroups(height));
      const v0 = v.entries[0] as number;
      const beta = reflectorScale(alpha, v0);
      const beside = Math.min(width, cols - first - count);
      sums.entries.fill(0);
      accumulate(groups, arithmetic.columnBytes(count + beside), block, rowBytes, v.address, sums.address);
      const sv = dot(arithmetic.columnBytes(height), s.address, v.address);
      combine(bytes, w.address, sums.address, u.address, beta, -beta * sv);
      endAt(w, count);
      subtractPair(groups, bytes, block, rowBytes, v.address, s.address, w.address, u.address);
      for (let i = 1; i < height; i++) a[at(first + i, first)] = 0;
      a[at(first, first)] = alpha;
      if (beside === 0) break;

      const besideBytes = arithmetic.columnBytes(beside);
      const sumsBeside = sums.address + arithmetic.bytes * count;
      combine(besideBytes, wBeside.address, sumsBeside, sumsBeside, beta, 0);
      endAt(wBeside, beside);
      combine(besideBytes, uBeside.address, place(a, at(first, first + count)), wBeside.address, 1, -v0);
      endAt(uBeside, beside);
      corner = reflectVector(arithmetic, uBeside.entries, 0, 0, arithmetic.wholeGroups(beside));
      [u, uBeside] = [uBeside, u];
      [v, vAbove] = [vAbove, v];
      [wAbove, wBeside] = [wBeside, wAbove];
      [top, above] = [first, height];
      first += count;
      count = beside;
    }
    return superdiagonal;
  };
}

/** A vector in the kernels' memory, and where it lies there. */
interface KernelVector {
  readonly entries: Reals;
  readonly address: number;
}

/** Entries of a vector that the kernels may read behind its end. */
function paddingOf({ columns }: Arithmetic): number {
  return ROWS + columns;
}

/** Room that {@link bidiagonaliseBand} needs behind a band matrix of this width. */
export function bandRoom(arithmetic: Arithmetic, width: number): number {
  const padding = paddingOf(arithmetic);
  return 9 * (width + padding) + 2 * (2 * width + padding);
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
