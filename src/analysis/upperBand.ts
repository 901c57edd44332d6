import type { Reals } from './arithmetic';
import { reflectorScale } from './householder';
import { ROWS } from './simd/bidiagonalKernels';
import { columnLength, place, rowGroups, type Workspace } from './workspace';

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
export function upperBand({ arithmetic, rows, cols, stride, memory: a }: Workspace, width: number): Float64Array {
  const steps = Math.min(rows, cols);
  const band = new Float64Array(steps * (width + 1));
  const { subtractAndAccumulate, timesVector, dot, combine, columnMinus, reflect } = arithmetic.kernels;
  const rowBytes = arithmetic.bytes * stride;
  const columnEntries = columnLength(arithmetic, rows);
  let end = (rows + ROWS - 1) * stride;
  const vector = (length: number): Reals => a.subarray(end, (end += length));
  let [v, s] = [vector(columnEntries), vector(columnEntries)];
  let [w, u] = [vector(stride), vector(stride)];
  // The reflectors of the step before, whose subtraction is still owed. Zero at first: nothing is.
  let [owedV, owedS] = [vector(columnEntries), vector(columnEntries)];
  let [owedW, owedU] = [vector(stride), vector(stride)];

  // The kernels take whole groups of rows and columns. After the last ones there are zeros, which stay zero; of columns
  // before the first it does not matter what becomes: they are done with.
  for (let k = 0; k < steps; k++) {
    const groups = rowGroups(rows - k);
    const [vAt, sAt] = [place(v, k), place(s, k)];
    const [wk, uk] = [owedW[k] as number, owedU[k] as number];
    columnMinus(groups, place(a, k * stride + k), rowBytes, place(owedV, k), place(owedS, k), vAt, wk, uk);
    const alpha = reflect(arithmetic.columnBytes(rows - k), vAt, vAt);
    band[k * (width + 1)] = alpha;
    if (k === cols - 1) break;

    const first = arithmetic.groupStart(k + 1);
    const bytes = arithmetic.bytes * (stride - first);
    const [wAt, uAt] = [place(w, first), place(u, first)];
    const row = place(a, k * stride + first);
    w.fill(0, first);
    const [pAt, qAt, owedWAt, owedUAt] = [place(owedV, k), place(owedS, k), place(owedW, first), place(owedU, first)];
    subtractAndAccumulate(groups, bytes, row, rowBytes, pAt, qAt, vAt, owedWAt, owedUAt, wAt);
    const beta = reflectorScale(alpha, v[k] as number);
    combine(bytes, wAt, wAt, wAt, beta, 0);
    combine(bytes, uAt, row, wAt, 1, -(v[k] as number));
    const right = k + width;
    for (let j = k + 1; j < Math.min(right, cols); j++) band[k * width + j] = u[j] as number;
    u.fill(0, first, Math.min(right, cols));
    if (right < cols) {
      const firstRight = arithmetic.groupStart(right);
      const bytesRight = arithmetic.bytes * (stride - firstRight);
      const uRight = place(u, firstRight);
      const alphaRight = reflect(bytesRight, uRight, place(u, right));
      band[k * width + right] = alphaRight;
      timesVector(groups, bytesRight, place(a, k * stride + firstRight), rowBytes, uRight, sAt);
      const gamma = reflectorScale(alphaRight, u[right] as number);
      const wu = dot(bytesRight, place(w, firstRight), uRight);
      combine(arithmetic.columnBytes(rows - k), sAt, sAt, vAt, gamma, -gamma * wu);
    } else {
      s.fill(0, k);
    }

    [v, owedV] = [owedV, v];
    [s, owedS] = [owedS, s];
    [w, owedW] = [owedW, w];
    [u, owedU] = [owedU, u];
  }
  return band;
}
