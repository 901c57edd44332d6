import { orthonormalRows } from '../../../analysis/orthonormalRows';
import { symmetricEigen } from '../../../analysis/symmetricEigen';
import type { Matrix, MatrixProducts } from './matrixProducts';

/** W ≈ B A with `b` [dOut, rank] and `a` [rank, dIn]. */
export interface Factors {
  readonly rank: number;
  readonly a: Float32Array;
  readonly b: Float32Array;
}

/** Rows beyond the rank in each block: they make a random start safe (Halko, Martinsson & Tropp 2011, §4.2). */
const OVERSAMPLING = 8;

/** A basis up to this size is decomposed in well under a second; a larger rank needs a larger one. */
const BASIS = 160;

/** Blocks, over all restarts, after which what is found is taken as it is: the caller measures how good it is. */
const MAX_BLOCKS = 60;

/** A new direction shorter than this share of its row is the rounding of float32 products, not a direction. */
const DEPENDENT = 1e-5;

/** Good enough: within this share of the unavoidable squared error of the best there is. */
const NEAR_OPTIMUM = 1e-4;

/** Shares of ‖W‖² below this are not told apart by float32 products. */
const RESOLUTION = 1e-7;

/**
 * The best approximation of rank `rank` to `matrix`, as nearly as float32 products find it: block Krylov iteration with
 * a random start and restarts, and the Rayleigh-Ritz vectors of the last basis (Musco & Musco 2015). With Q the basis
 * of left vectors, B A = U Uᵀ W for the top Ritz vectors U in it, the scale shared between B and A.
 *
 * `optimum` is Σ_{k≤rank} σ_k², where it ends as soon as that is captured; undefined where it is not known. `random`
 * yields standard normal numbers.
 */
export async function bestLowRank(
  matrix: Matrix,
  rank: number,
  optimum: number | undefined,
  products: MatrixProducts,
  random: () => number,
): Promise<Factors> {
  const { rows, cols } = matrix;
  const squaredNorm = sumOfSquares(matrix.values);
  const least = Math.min(rows, cols);
  const blockRows = Math.min(rank + OVERSAMPLING, least);
  const limit = Math.min(least, Math.max(BASIS, 2 * blockRows));
  const basis = new Basis(rows, cols, limit);

  const start = { rows: blockRows, cols, values: Float32Array.from({ length: blockRows * cols }, random) };
  let next = await products.times(start, matrix, { transposeB: true });
  let captured = -1;
  for (let block = 0; block < MAX_BLOCKS; block++) {
    const fresh = basis.newRows(next);
    if (fresh === undefined) break;
    const image = await products.times(fresh, matrix);
    basis.add(fresh, image);
    const before = captured;
    const ritz = basis.ritz();
    captured = ritz.values.subarray(0, rank).reduce((sum, value) => sum + value, 0);
    const missing = (optimum ?? Infinity) - captured;
    if (missing <= NEAR_OPTIMUM * (squaredNorm - (optimum ?? 0)) + RESOLUTION * squaredNorm) break;
    if (optimum === undefined && captured - before <= RESOLUTION * squaredNorm) break;
    if (basis.size === least) break;
    let seed = image;
    if (basis.size + fresh.rows > limit) seed = basis.restart(ritz.vectors, blockRows);
    next = await products.times(seed, matrix, { transposeB: true });
  }
  return basis.factors(basis.ritz().vectors, Math.min(rank, basis.size));
}

/** Orthonormal left vectors Q [size, rows], in float64, and their images Q W [size, cols]. */
class Basis {
  size = 0;
  private readonly q: Float64Array;
  private readonly image: Float64Array;
  /** (Q W)(Q W)ᵀ, [limit, limit]. */
  private readonly gram: Float64Array;

  constructor(
    private readonly rows: number,
    private readonly cols: number,
    private readonly limit: number,
  ) {
    this.q = new Float64Array(limit * rows);
    this.image = new Float64Array(limit * cols);
    this.gram = new Float64Array(limit * limit);
  }

  /** The directions of a block [·, rows] that are not in Q, orthonormal; undefined when there is none, or no room. */
  newRows({ values }: Matrix): Matrix | undefined {
    const block = Float64Array.from(values);
    const known = this.q.subarray(0, this.size * this.rows);
    const found = orthonormalRows(known, block, this.rows, DEPENDENT);
    const count = Math.min(found, this.limit - this.size);
    if (count === 0) return undefined;
    const fresh = block.subarray(0, count * this.rows);
    this.q.set(fresh, this.size * this.rows);
    return { rows: count, cols: this.rows, values: Float32Array.from(fresh) };
  }

  /** Takes the rows that {@link newRows} gave with their images. */
  add({ rows: count }: Matrix, { values }: Matrix): void {
    const { cols, limit, image, gram } = this;
    image.set(values, this.size * cols);
    for (let i = this.size; i < this.size + count; i++) {
      for (let j = 0; j <= i; j++) {
        const dot = dotProduct(image, i * cols, image, j * cols, cols);
        gram[i * limit + j] = dot;
        gram[j * limit + i] = dot;
      }
    }
    this.size += count;
  }

  /** σ² of W within the basis, descending, and the vectors [size, size] over its rows. */
  ritz(): { readonly values: Float64Array; readonly vectors: Float64Array } {
    const { size, limit } = this;
    const gram = new Float64Array(size * size);
    for (let i = 0; i < size; i++) gram.set(this.gram.subarray(i * limit, i * limit + size), i * size);
    return symmetricEigen(gram, size);
  }

  /** Keeps the top `count` Ritz vectors alone; returns their images. */
  restart(vectors: Float64Array, count: number): Matrix {
    const { size, rows, cols } = this;
    const q = combined(vectors, count, size, this.q, rows);
    const image = combined(vectors, count, size, this.image, cols);
    this.size = 0;
    this.q.set(q);
    const kept = { rows: count, cols, values: Float32Array.from(image) };
    this.add({ rows: count, cols: rows, values: new Float32Array() }, kept);
    return kept;
  }

  /** B = U σ^½ and A = σ^-½ Uᵀ W of the top Ritz vectors U. */
  factors(vectors: Float64Array, rank: number): Factors {
    const { size, rows, cols } = this;
    const u = combined(vectors, rank, size, this.q, rows);
    const image = combined(vectors, rank, size, this.image, cols);
    const a = new Float32Array(rank * cols);
    const b = new Float32Array(rows * rank);
    for (let k = 0; k < rank; k++) {
      const sigma = Math.sqrt(dotProduct(image, k * cols, image, k * cols, cols));
      const half = sigma > 0 ? Math.sqrt(sigma) : 1;
      for (let j = 0; j < cols; j++) a[k * cols + j] = (image[k * cols + j] as number) / half;
      for (let i = 0; i < rows; i++) b[i * rank + k] = (u[k * rows + i] as number) * half;
    }
    return { rank, a, b };
  }
}

/** The first `count` rows of `weights` [·, size] times `x` [size, width]: [count, width]. */
function combined(weights: Float64Array, count: number, size: number, x: Float64Array, width: number): Float64Array {
  const result = new Float64Array(count * width);
  for (let k = 0; k < count; k++) {
    for (let i = 0; i < size; i++) {
      const weight = weights[k * size + i] as number;
      for (let j = 0; j < width; j++) {
        result[k * width + j] = (result[k * width + j] as number) + weight * (x[i * width + j] as number);
      }
    }
  }
  return result;
}

function dotProduct(a: Float64Array, atA: number, b: Float64Array, atB: number, length: number): number {
  let dot = 0;
  for (let i = 0; i < length; i++) dot += (a[atA + i] as number) * (b[atB + i] as number);
  return dot;
}

function sumOfSquares(values: Float32Array): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  return sum;
}
