import { reflect, reflectorScale } from './householder';
import { powerOfTwoScale } from './scale';

/** A = Σ λᵢ vᵢ vᵢᵀ. */
export interface SymmetricEigen {
  /** λ, descending. */
  readonly values: Float64Array;
  /** [n, n]: row i is vᵢ, of length 1. */
  readonly vectors: Float64Array;
}

/** Two or three rotations sweeps a value are usual. */
const SWEEPS_PER_VALUE = 60;

/**
 * Eigenvalues and orthonormal eigenvectors of a symmetric `a` [n, n], row-major, of which only the lower triangle
 * counts. Does not change `a`. Householder tridiagonalisation, then implicit QR with Wilkinson's shift (Golub & Van
 * Loan, Matrix Computations, §8.3): each value is within a few ε·max|λ| of the truth. About 9 n³ operations.
 * Throws a RangeError when the length does not match or an entry is not finite.
 */
export function symmetricEigen(a: Float64Array, n: number): SymmetricEigen {
  const { values, coordinates } = eigenCoordinates(a, n, identity(n), n);
  return { values, vectors: coordinates };
}

/**
 * Eigenvalues λ of a symmetric `a` [n, n], descending, and the coordinates [n, width] of the columns of `block`
 * [n, width] along its eigenvectors: entry [i, j] is vᵢ · block[:, j]. The eigenvectors are never formed, so that for a
 * narrow block it takes 4/3 n³ operations in place of 9 n³. Changes neither argument; throws as symmetricEigen does.
 */
export function eigenCoordinates(
  a: Float64Array,
  n: number,
  block: Float64Array,
  width: number,
): { readonly values: Float64Array; readonly coordinates: Float64Array } {
  if (a.length !== n * n) throw new RangeError(`${a.length} entries are not a ${n} × ${n} matrix.`);
  if (block.length !== n * width) throw new RangeError(`${block.length} entries are not a ${n} × ${width} block.`);
  const scale = powerOfTwoScale(a, n);
  if (scale === 0) return { values: new Float64Array(n), coordinates: block.slice() };
  const turned = block.slice();
  const { diagonal, off } = tridiagonalise(
    a.map((value) => value * scale),
    n,
    turned,
    width,
  );
  diagonalise(diagonal, off, turned, width);
  const order = Array.from(diagonal.keys()).sort((i, j) => (diagonal[j] as number) - (diagonal[i] as number));
  const coordinates = new Float64Array(n * width);
  order.forEach((from, to) => coordinates.set(turned.subarray(from * width, (from + 1) * width), to * width));
  return { values: Float64Array.from(order, (index) => (diagonal[index] as number) / scale), coordinates };
}

function identity(n: number): Float64Array {
  const result = new Float64Array(n * n);
  for (let i = 0; i < n; i++) result[i * n + i] = 1;
  return result;
}

/** T = Qᵀ A Q, tridiagonal; multiplies `transform` [n, width] by Qᵀ from the left. Destroys `a`. */
function tridiagonalise(
  a: Float64Array,
  n: number,
  transform: Float64Array,
  width: number,
): { diagonal: Float64Array; off: Float64Array } {
  const diagonal = new Float64Array(n);
  const off = new Float64Array(Math.max(0, n - 1));
  const v = new Float64Array(n);
  const w = new Float64Array(n);
  for (let k = 0; k < n; k++) {
    diagonal[k] = a[k * n + k] as number;
    if (k === n - 1) break;
    for (let i = k + 1; i < n; i++) v[i] = a[i * n + k] as number;
    const alpha = reflect(v, k + 1, n);
    off[k] = alpha;
    const beta = reflectorScale(alpha, v[k + 1] as number);
    if (beta === 0) continue;
    timesSymmetric(a, n, k + 1, v, w, beta);
    let dot = 0;
    for (let i = k + 1; i < n; i++) dot += (v[i] as number) * (w[i] as number);
    const half = (beta * dot) / 2;
    for (let i = k + 1; i < n; i++) w[i] = (w[i] as number) - half * (v[i] as number);
    // A −= v wᵀ + w vᵀ, the lower triangle alone.
    for (let i = k + 1; i < n; i++) {
      const vi = v[i] as number;
      const wi = w[i] as number;
      for (let j = k + 1; j <= i; j++) {
        a[i * n + j] = (a[i * n + j] as number) - vi * (w[j] as number) - wi * (v[j] as number);
      }
    }
    reflectRows(transform, width, n, k + 1, v, beta);
  }
  return { diagonal, off };
}

/** w = β A v over indices ≥ from, by the lower triangle. */
function timesSymmetric(
  a: Float64Array,
  n: number,
  from: number,
  v: Float64Array,
  w: Float64Array,
  beta: number,
): void {
  w.fill(0, from);
  for (let i = from; i < n; i++) {
    const vi = v[i] as number;
    let dot = 0;
    for (let j = from; j < i; j++) {
      const x = a[i * n + j] as number;
      dot += x * (v[j] as number);
      w[j] = (w[j] as number) + x * vi;
    }
    w[i] = (w[i] as number) + dot + (a[i * n + i] as number) * vi;
  }
  for (let i = from; i < n; i++) w[i] = beta * (w[i] as number);
}

/** Z −= β v (vᵀ Z) over rows ≥ from. */
function reflectRows(z: Float64Array, width: number, n: number, from: number, v: Float64Array, beta: number): void {
  const sums = new Float64Array(width);
  for (let i = from; i < n; i++) {
    const vi = v[i] as number;
    for (let j = 0; j < width; j++) sums[j] = (sums[j] as number) + vi * (z[i * width + j] as number);
  }
  for (let i = from; i < n; i++) {
    const vi = beta * (v[i] as number);
    for (let j = 0; j < width; j++) z[i * width + j] = (z[i * width + j] as number) - vi * (sums[j] as number);
  }
}

/** Turns a tridiagonal matrix into its eigenvalues, in `d`, and applies the same rotations to the rows of `z`. */
function diagonalise(d: Float64Array, e: Float64Array, z: Float64Array, width: number): void {
  let sweepsLeft = SWEEPS_PER_VALUE * d.length;
  let high = d.length - 1;
  while (high > 0) {
    if (isNegligible(d, e, high - 1)) {
      high--;
      continue;
    }
    if (sweepsLeft-- === 0) throw new Error(`Eigenvalues of a ${d.length} × ${d.length} matrix did not converge.`);
    let low = high - 1;
    while (low > 0 && !isNegligible(d, e, low - 1)) low--;
    sweep(d, e, z, width, low, high);
  }
}

/** Whether off-diagonal k is below the rounding of its neighbours, against which it counts for nothing. */
function isNegligible(d: Float64Array, e: Float64Array, k: number): boolean {
  const neighbours = Math.abs(d[k] as number) + Math.abs(d[k + 1] as number);
  // Entries are scaled to 1, so what is this small beside zeros is nothing either.
  return Math.abs(e[k] as number) <= Number.EPSILON * Math.max(neighbours, Number.EPSILON);
}

/** One implicit QR step over rows low..high (Golub & Van Loan, Algorithm 8.3.2). */
function sweep(d: Float64Array, e: Float64Array, z: Float64Array, width: number, low: number, high: number): void {
  const last = e[high - 1] as number;
  const delta = ((d[high - 1] as number) - (d[high] as number)) / 2;
  const shift = (d[high] as number) - last ** 2 / (delta + (delta < 0 ? -1 : 1) * Math.hypot(delta, last));
  let x = (d[low] as number) - shift;
  let bulge = e[low] as number;
  for (let k = low; k < high; k++) {
    const r = Math.hypot(x, bulge);
    const c = r === 0 ? 1 : x / r;
    const s = r === 0 ? 0 : bulge / r;
    if (k > low) e[k - 1] = r;
    const a = d[k] as number;
    const b = e[k] as number;
    const f = d[k + 1] as number;
    d[k] = c * c * a + 2 * c * s * b + s * s * f;
    d[k + 1] = s * s * a - 2 * c * s * b + c * c * f;
    e[k] = c * s * (f - a) + (c * c - s * s) * b;
    x = e[k] as number;
    if (k < high - 1) {
      bulge = s * (e[k + 1] as number);
      e[k + 1] = c * (e[k + 1] as number);
    }
    const upper = k * width;
    const lower = upper + width;
    for (let j = 0; j < width; j++) {
      const p = z[upper + j] as number;
      const q = z[lower + j] as number;
      z[upper + j] = c * p + s * q;
      z[lower + j] = c * q - s * p;
    }
  }
}
