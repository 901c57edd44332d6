import { reflect, reflectorScale } from './householder';
import { COLUMNS } from './simd/bidiagonalKernels';
import { kernels } from './simd/kernels';
import { columnLength, place, rowGroups, type Workspace } from './workspace';

const FLOAT64 = 8;

/**
 * Reduces the matrix A of a workspace to upper band form by orthogonal transformations from both sides, those from the
 * right of columns `width` and later alone; A then has its singular values and, but for a rotation of each, its first
 * `width` columns. Returns the band, [min(rows, cols), width + 1]: row k holds entries k, k + 1, … k + `width`, with zeros
 * where there is no such column. Destroys the matrix; expects entries of magnitude at most 1 and `width` ≥ 1.
 *
 * With a width of 1 this is the bidiagonalisation of Golub & Kahan (1965). Step k subtracts v wᵀ + s uᵀ, where w = β Aᵀv
 * belongs to the left reflector and s = γ (A − v wᵀ)u to the right one. The subtraction waits for the pass that computes w
 * of the next step, so each step reads the matrix twice and writes it once, always along rows (Howell, Demmel, Fulton,
 * Hammarling & Marmol 2008, "Cache efficient bidiagonalization").
 */
export function upperBand({ rows, cols, stride, memory: a }: Workspace, width: number): Float64Array {
  const steps = Math.min(rows, cols);
  const band = new Float64Array(steps * (width + 1));
  const { subtractAndAccumulate, timesVector } = kernels();
  let end = columnLength(rows) * stride;
  const vector = (length: number): Float64Array => a.subarray(end, (end += length));
  let [v, s] = [vector(columnLength(rows)), vector(columnLength(rows))];
  let [w, u] = [vector(stride), vector(stride)];
  // The reflectors of the step before, whose subtraction is still owed. Zero at first: nothing is.
  let [owedV, owedS] = [vector(columnLength(rows)), vector(columnLength(rows))];
  let [owedW, owedU] = [vector(stride), vector(stride)];

  for (let k = 0; k < steps; k++) {
    const wk = owedW[k] as number;
    const uk = owedU[k] as number;
    for (let i = k; i < rows; i++) {
      v[i] = (a[i * stride + k] as number) - (owedV[i] as number) * wk - (owedS[i] as number) * uk;
    }
    const alpha = reflect(v, k, rows);
    band[k * (width + 1)] = alpha;
    if (k === cols - 1) break;

    // The kernels take whole groups of columns. Those before k + 1 are done with: it does not matter what becomes of them.
    const first = wholeColumns(k + 1);
    w.fill(0, first);
    subtractAndAccumulate(
      rowGroups(rows - k),
      FLOAT64 * (stride - first),
      place(a, k * stride + first),
      FLOAT64 * stride,
      ...[place(owedV, k), place(owedS, k), place(v, k)],
      ...[place(owedW, first), place(owedU, first), place(w, first)],
    );
    const beta = reflectorScale(alpha, v[k] as number);
    const vk = v[k] as number;
    const right = k + width;
    for (let j = k + 1; j < cols; j++) {
      const wj = beta * (w[j] as number);
      const x = (a[k * stride + j] as number) - vk * wj;
      w[j] = wj;
      u[j] = x;
      if (j < right) band[k * width + j] = x;
    }
    u.fill(0, first, Math.min(right, cols));
    s.fill(0, k + 1, rows);
    if (right < cols) {
      const alphaRight = reflect(u, right, cols);
      band[k * width + right] = alphaRight;
      const below = k + 1;
      if (below < rows) {
        const firstRight = wholeColumns(right);
        timesVector(
          rowGroups(rows - below),
          FLOAT64 * (stride - firstRight),
          place(a, below * stride + firstRight),
          FLOAT64 * stride,
          place(u, firstRight),
          place(s, below),
        );
        let wu = 0;
        for (let j = right; j < cols; j++) wu += (w[j] as number) * (u[j] as number);
        const gamma = reflectorScale(alphaRight, u[right] as number);
        for (let i = below; i < rows; i++) s[i] = gamma * ((s[i] as number) - (v[i] as number) * wu);
      }
    }

    [v, owedV] = [owedV, v];
    [s, owedS] = [owedS, s];
    [w, owedW] = [owedW, w];
    [u, owedU] = [owedU, u];
  }
  return band;
}

/** The first column of the group that a column lies in. */
function wholeColumns(column: number): number {
  return column - (column % COLUMNS);
}
