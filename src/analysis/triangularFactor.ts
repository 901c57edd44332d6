import { reflect, reflectorScale } from './householder';

/**
 * R [cols, cols], upper triangular and row-major, of A = QR for `a` [rows, cols], rows ≥ cols; Q is never formed.
 * A and R have the same singular values, and AᵀA = RᵀR. Destroys `a`, whose squares must neither overflow nor
 * vanish: float32 values never do.
 * Householder reflections along rows, each subtraction fused with the product that the next reflection needs.
 */
export function triangularFactor(a: Float64Array, rows: number, cols: number): Float64Array {
  if (rows < cols) throw new RangeError(`A triangular factor needs rows ≥ cols, not ${rows} × ${cols}.`);
  const factor = new Float64Array(cols * cols);
  let v = new Float64Array(rows);
  let w = new Float64Array(cols);
  let owedV = new Float64Array(rows);
  let owedW = new Float64Array(cols);
  for (let k = 0; k < cols; k++) {
    const wk = owedW[k] as number;
    for (let i = k; i < rows; i++) v[i] = (a[i * cols + k] as number) - (owedV[i] as number) * wk;
    const alpha = reflect(v, k, rows);
    const beta = reflectorScale(alpha, v[k] as number);
    factor[k * cols + k] = alpha;

    w.fill(0, k + 1);
    for (let i = k; i < rows; i++) {
      const row = i * cols;
      const p = owedV[i] as number;
      const vi = v[i] as number;
      for (let j = k + 1; j < cols; j++) {
        const x = (a[row + j] as number) - p * (owedW[j] as number);
        a[row + j] = x;
        w[j] = (w[j] as number) + vi * x;
      }
    }
    const vk = v[k] as number;
    for (let j = k + 1; j < cols; j++) {
      const wj = beta * (w[j] as number);
      w[j] = wj;
      factor[k * cols + j] = (a[k * cols + j] as number) - vk * wj;
    }
    [v, owedV] = [owedV, v];
    [w, owedW] = [owedW, w];
  }
  return factor;
}
