import { reflect, reflectorScale } from './householder';

/** An upper bidiagonal matrix: `diagonal[n]` and `superdiagonal[n - 1]` above it. */
export interface Bidiagonal {
  readonly diagonal: Float64Array;
  readonly superdiagonal: Float64Array;
}

/**
 * Reduces `a` [rows, cols], rows ≥ cols, row-major, to upper bidiagonal form by orthogonal transformations from both
 * sides (Golub & Kahan 1965), which keep the singular values. Destroys `a`; expects entries of magnitude at most 1,
 * and a spare row of zeros after the last, so that the inner loops can take rows two at a time.
 *
 * Step k subtracts v wᵀ + s uᵀ, where w = β Aᵀv belongs to the left reflector and s = γ (A − v wᵀ)u to the right one.
 * The subtraction waits for the pass that computes w of the next step, so each step reads the matrix twice and writes
 * it once, always along rows (Howell, Demmel, Fulton, Hammarling & Marmol 2008, "Cache efficient bidiagonalization").
 */
export function bidiagonalise(a: Float64Array, rows: number, cols: number): Bidiagonal {
  if (rows < cols || a.length !== (rows + 1) * cols) {
    throw new RangeError(`${a.length} entries are not a ${rows} × ${cols} matrix, rows ≥ cols, with a spare row.`);
  }
  const diagonal = new Float64Array(cols);
  const superdiagonal = new Float64Array(Math.max(0, cols - 1));
  let v = new Float64Array(rows + 1);
  let s = new Float64Array(rows + 1);
  let w = new Float64Array(cols);
  let u = new Float64Array(cols);
  // The reflectors of the step before, whose subtraction is still owed. Zero at first: nothing is.
  let owedV = new Float64Array(rows + 1);
  let owedS = new Float64Array(rows + 1);
  let owedW = new Float64Array(cols);
  let owedU = new Float64Array(cols);

  for (let k = 0; k < cols; k++) {
    const wk = owedW[k] as number;
    const uk = owedU[k] as number;
    for (let i = k; i < rows; i++) {
      v[i] = (a[i * cols + k] as number) - (owedV[i] as number) * wk - (owedS[i] as number) * uk;
    }
    const alpha = reflect(v, k, rows);
    diagonal[k] = alpha;
    if (k === cols - 1) break;

    w.fill(0, k + 1);
    subtractAndAccumulate(a, rows, cols, k, owedV, owedW, owedS, owedU, v, w);
    const beta = reflectorScale(alpha, v[k] as number);
    const vk = v[k] as number;
    for (let j = k + 1; j < cols; j++) {
      const wj = beta * (w[j] as number);
      w[j] = wj;
      u[j] = (a[k * cols + j] as number) - vk * wj;
    }
    const alphaRight = reflect(u, k + 1, cols);
    superdiagonal[k] = alphaRight;
    timesReflector(a, rows, cols, k, reflectorScale(alphaRight, u[k + 1] as number), v, w, u, s);

    [v, owedV] = [owedV, v];
    [s, owedS] = [owedS, s];
    [w, owedW] = [owedW, w];
    [u, owedU] = [owedU, u];
  }
  return { diagonal, superdiagonal };
}

/** A −= owedV owedWᵀ + owedS owedUᵀ and w += Aᵀv, over rows ≥ k and columns > k, in one pass, two rows at a time. */
function subtractAndAccumulate(
  a: Float64Array,
  rows: number,
  cols: number,
  k: number,
  owedV: Float64Array,
  owedW: Float64Array,
  owedS: Float64Array,
  owedU: Float64Array,
  v: Float64Array,
  w: Float64Array,
): void {
  for (let i = k; i < rows; i += 2) {
    const row = i * cols;
    const below = row + cols;
    const p0 = owedV[i] as number;
    const q0 = owedS[i] as number;
    const v0 = v[i] as number;
    const p1 = owedV[i + 1] as number;
    const q1 = owedS[i + 1] as number;
    const v1 = v[i + 1] as number;
    for (let j = k + 1; j < cols; j++) {
      const wj = owedW[j] as number;
      const uj = owedU[j] as number;
      const x0 = (a[row + j] as number) - p0 * wj - q0 * uj;
      const x1 = (a[below + j] as number) - p1 * wj - q1 * uj;
      a[row + j] = x0;
      a[below + j] = x1;
      w[j] = (w[j] as number) + v0 * x0 + v1 * x1;
    }
  }
}

/** s = γ (A − v wᵀ) u over rows > k and columns > k, two rows at a time. */
function timesReflector(
  a: Float64Array,
  rows: number,
  cols: number,
  k: number,
  gamma: number,
  v: Float64Array,
  w: Float64Array,
  u: Float64Array,
  s: Float64Array,
): void {
  let wu = 0;
  for (let j = k + 1; j < cols; j++) wu += (w[j] as number) * (u[j] as number);
  for (let i = k + 1; i < rows; i += 2) {
    const row = i * cols;
    const below = row + cols;
    let dot0 = 0;
    let dot1 = 0;
    for (let j = k + 1; j < cols; j++) {
      const uj = u[j] as number;
      dot0 += (a[row + j] as number) * uj;
      dot1 += (a[below + j] as number) * uj;
    }
    s[i] = gamma * (dot0 - (v[i] as number) * wu);
    s[i + 1] = gamma * (dot1 - (v[i + 1] as number) * wu);
  }
}
