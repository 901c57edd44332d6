/** A Bᵀ [m, n] of `a` [m, k] and `b` [n, k], all row-major. */
export function timesTranspose(a: Float64Array, b: Float64Array, m: number, n: number, k: number): Float64Array {
  const product = new Float64Array(m * n);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      let dot = 0;
      for (let l = 0; l < k; l++) dot += (a[i * k + l] as number) * (b[j * k + l] as number);
      product[i * n + j] = dot;
    }
  }
  return product;
}
