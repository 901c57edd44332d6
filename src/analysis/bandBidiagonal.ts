import type { BandMatrix } from './bandMatrix';
import type { Bidiagonal } from './bidiagonal';
import { reflect, reflectorScale } from './householder';
import { COLUMNS, ROWS } from './simd/bidiagonalKernels';
import { kernels } from './simd/kernels';
import { columnBytes, place, rowGroups } from './workspace';

const FLOAT64 = 8;

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
function rowClearing({ rows, cols, width, base, stride, memory: a, free }: BandMatrix): (k: number) => number {
  const { subtractPair, accumulate, timesVector } = kernels();
  const rowBytes = FLOAT64 * stride;
  const at = (i: number, j: number): number => base + stride * i + j;
  let end = free;
  const vector = (length: number): Float64Array => a.subarray(end, (end += length + PADDING));
  // Of the block on the diagonal: right reflector I − γ u uᵀ and s = γ A u, left one I − β v vᵀ and w = β Aᵀ v.
  let [u, v] = [vector(width), vector(width)];
  const [s, w] = [vector(width), vector(width)];
  // The same of the block above, whose left reflector is still to be applied to these columns.
  let [vAbove, wAbove] = [vector(width), vector(width)];
  const sAbove = vector(width);
  let [uBeside, wBeside] = [vector(width), vector(width)];
  const [dots, sums] = [vector(2 * width), vector(2 * width)];

  return (k) => {
    let first = k + 1;
    let count = Math.min(width, cols - first);
    const row = at(k, first);
    for (let j = 0; j < count; j++) u[j] = a[row + j] as number;
    endAt(u, count);
    const superdiagonal = reflect(u, 0, count);
    let corner = superdiagonal;
    let [top, above] = [first, 0];
    for (;;) {
      const height = Math.max(0, Math.min(count, rows - first));
      if (above + height === 0) break;
      const block = place(a, at(first, first));
      const upper = place(a, at(top, first));
      timesVector(rowGroups(above + height), columnBytes(count), upper, rowBytes, u.byteOffset, dots.byteOffset);
      const gamma = reflectorScale(corner, u[0] as number);
      if (above > 0) {
        const wu = dot(wAbove, u, count);
        for (let i = 0; i < above; i++) sAbove[i] = gamma * ((dots[i] as number) - (vAbove[i] as number) * wu);
        endAt(sAbove, above);
        const [v0, s0, w0, u0] = [vAbove.byteOffset, sAbove.byteOffset, wAbove.byteOffset, u.byteOffset];
        subtractPair(rowGroups(above), columnBytes(count), upper, rowBytes, v0, s0, w0, u0);
        a.fill(0, at(top, first), at(top, first + count));
        a[at(top, first)] = corner;
      }
      if (height === 0) break;

      const u0 = u[0] as number;
      for (let i = 0; i < height; i++) {
        const si = gamma * (dots[above + i] as number);
        s[i] = si;
        v[i] = (a[at(first + i, first)] as number) - si * u0;
      }
      endAt(s, height);
      endAt(v, height);
      const alpha = reflect(v, 0, height);
      const beta = reflectorScale(alpha, v[0] as number);
      const beside = Math.min(width, cols - first - count);
      sums.fill(0);
      accumulate(rowGroups(height), columnBytes(count + beside), block, rowBytes, v.byteOffset, sums.byteOffset);
      const sv = dot(s, v, height);
      for (let j = 0; j < count; j++) w[j] = beta * ((sums[j] as number) - sv * (u[j] as number));
      endAt(w, count);
      const groups = rowGroups(height);
      subtractPair(groups, columnBytes(count), block, rowBytes, v.byteOffset, s.byteOffset, w.byteOffset, u.byteOffset);
      for (let i = 1; i < height; i++) a[at(first + i, first)] = 0;
      a[at(first, first)] = alpha;
      if (beside === 0) break;

      const v0 = v[0] as number;
      const besideRow = at(first, first + count);
      for (let j = 0; j < beside; j++) {
        const wj = beta * (sums[count + j] as number);
        wBeside[j] = wj;
        uBeside[j] = (a[besideRow + j] as number) - v0 * wj;
      }
      endAt(wBeside, beside);
      endAt(uBeside, beside);
      corner = reflect(uBeside, 0, beside);
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

/** Entries of a vector that the kernels may read behind its end. */
const PADDING = ROWS + COLUMNS;

/** Room that {@link bidiagonaliseBand} needs behind a band matrix of this width. */
export function bandRoom(width: number): number {
  return 9 * (width + PADDING) + 2 * (2 * width + PADDING);
}

function endAt(vector: Float64Array, length: number): void {
  vector.fill(0, length, length + PADDING);
}

function dot(x: Float64Array, y: Float64Array, length: number): number {
  let sum = 0;
  for (let i = 0; i < length; i++) sum += (x[i] as number) * (y[i] as number);
  return sum;
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
