import { reflect, reflectorScale } from './householder';
import { COLUMNS, ROWS } from './simd/bidiagonalKernels';
import { kernelMemory, kernels } from './simd/kernels';

/** An upper bidiagonal matrix: `diagonal[n]` and `superdiagonal[n - 1]` above it. */
export interface Bidiagonal {
  readonly diagonal: Float64Array;
  readonly superdiagonal: Float64Array;
}

/** A matrix [rows, cols] in memory that the kernels see, with zeros that fill up its rows and columns. */
export interface Workspace {
  readonly rows: number;
  readonly cols: number;
  /** Entries from one row to the next. */
  readonly stride: number;
  /** Begins with the matrix. */
  readonly memory: Float64Array;
}

const FLOAT64 = 8;
/** Vectors as long as a column: v, s and those owed; and as long as a row: w, u and those owed. */
const VECTORS = 4;

/** A workspace with a matrix of zeros, to be filled. All share one memory: it is valid until the next is asked for. */
export function workspace(rows: number, cols: number): Workspace {
  if (rows < cols) throw new RangeError(`A ${rows} × ${cols} matrix has fewer rows than columns.`);
  const stride = COLUMNS * Math.ceil(cols / COLUMNS);
  const memory = kernelMemory(columnLength(rows) * stride + VECTORS * (columnLength(rows) + stride));
  return { rows, cols, stride, memory };
}

/**
 * Reduces the matrix of a workspace to upper bidiagonal form by orthogonal transformations from both sides (Golub & Kahan
 * 1965), which keep the singular values. Destroys the matrix; expects entries of magnitude at most 1.
 *
 * Step k subtracts v wᵀ + s uᵀ, where w = β Aᵀv belongs to the left reflector and s = γ (A − v wᵀ)u to the right one.
 * The subtraction waits for the pass that computes w of the next step, so each step reads the matrix twice and writes
 * it once, always along rows (Howell, Demmel, Fulton, Hammarling & Marmol 2008, "Cache efficient bidiagonalization").
 */
export function bidiagonalise({ rows, cols, stride, memory: a }: Workspace): Bidiagonal {
  const diagonal = new Float64Array(cols);
  const superdiagonal = new Float64Array(Math.max(0, cols - 1));
  const { subtractAndAccumulate, timesVector } = kernels();
  let end = columnLength(rows) * stride;
  const vector = (length: number): Float64Array => a.subarray(end, (end += length));
  let [v, s] = [vector(columnLength(rows)), vector(columnLength(rows))];
  let [w, u] = [vector(stride), vector(stride)];
  // The reflectors of the step before, whose subtraction is still owed. Zero at first: nothing is.
  let [owedV, owedS] = [vector(columnLength(rows)), vector(columnLength(rows))];
  let [owedW, owedU] = [vector(stride), vector(stride)];

  for (let k = 0; k < cols; k++) {
    const wk = owedW[k] as number;
    const uk = owedU[k] as number;
    for (let i = k; i < rows; i++) {
      v[i] = (a[i * stride + k] as number) - (owedV[i] as number) * wk - (owedS[i] as number) * uk;
    }
    const alpha = reflect(v, k, rows);
    diagonal[k] = alpha;
    if (k === cols - 1) break;

    // The kernels take whole groups of columns. Those before k + 1 are done with: it does not matter what becomes of them.
    const first = k + 1 - ((k + 1) % COLUMNS);
    const width = FLOAT64 * (stride - first);
    w.fill(0, first);
    u.fill(0, first, k + 1);
    subtractAndAccumulate(
      groups(rows - k),
      width,
      place(a, k * stride + first),
      FLOAT64 * stride,
      ...[place(owedV, k), place(owedS, k), place(v, k)],
      ...[place(owedW, first), place(owedU, first), place(w, first)],
    );
    const beta = reflectorScale(alpha, v[k] as number);
    const vk = v[k] as number;
    for (let j = k + 1; j < cols; j++) {
      const wj = beta * (w[j] as number);
      w[j] = wj;
      u[j] = (a[k * stride + j] as number) - vk * wj;
    }
    const alphaRight = reflect(u, k + 1, cols);
    superdiagonal[k] = alphaRight;

    let wu = 0;
    for (let j = k + 1; j < cols; j++) wu += (w[j] as number) * (u[j] as number);
    const below = k + 1;
    timesVector(
      groups(rows - below),
      width,
      place(a, below * stride + first),
      FLOAT64 * stride,
      place(u, first),
      place(s, below),
    );
    const gamma = reflectorScale(alphaRight, u[k + 1] as number);
    for (let i = below; i < rows; i++) s[i] = gamma * ((s[i] as number) - (v[i] as number) * wu);

    [v, owedV] = [owedV, v];
    [s, owedS] = [owedS, s];
    [w, owedW] = [owedW, w];
    [u, owedU] = [owedU, u];
  }
  return { diagonal, superdiagonal };
}

/** Rows with those of zeros after the last: a group of rows may begin at any row. */
function columnLength(rows: number): number {
  return rows + ROWS - 1;
}

function groups(rows: number): number {
  return Math.ceil(rows / ROWS);
}

/** The address of an entry. */
function place(vector: Float64Array, index: number): number {
  return vector.byteOffset + FLOAT64 * index;
}
