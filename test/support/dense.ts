/** A B of `a` [m, k] and `b` [k, n], row-major, as written in a textbook. */
export function times(
  a: Float64Array | Float32Array,
  b: Float64Array | Float32Array,
  m: number,
  k: number,
  n: number,
): Float64Array {
  const product = new Float64Array(m * n);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      for (let l = 0; l < k; l++) product[i * n + j]! += a[i * k + l]! * b[l * n + j]!;
    }
  }
  return product;
}

/** [cols, rows] from [rows, cols]. */
export function transpose(a: Float32Array | Float64Array, rows: number, cols: number): Float64Array {
  return Float64Array.from(a, (_, index) => a[(index % rows) * cols + Math.floor(index / rows)]!);
}

/** A random orthogonal [n, n]: the product of n random reflections. */
export function randomOrthogonal(n: number, gaussian: (count: number) => Float64Array): Float64Array {
  let q: Float64Array = new Float64Array(n * n);
  for (let i = 0; i < n; i++) q[i * n + i] = 1;
  for (let k = 0; k < n; k++) {
    const v = gaussian(n);
    const squared = v.reduce((sum, x) => sum + x * x, 0);
    const reflection = new Float64Array(n * n);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) reflection[i * n + j] = (i === j ? 1 : 0) - (2 * v[i]! * v[j]!) / squared;
    }
    q = times(q, reflection, n, n, n);
  }
  return q;
}

/** The largest |a − b|. */
export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) throw new Error(`${a.length} values against ${b.length}`);
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i]! - b[i]!);
    if (!(difference <= largest)) largest = difference;
  }
  return largest;
}
