import { eigenCoordinates } from '../../analysis/symmetricEigen';
import type { DoubleMatrix, DoubleProducts } from './doubleProducts';
import { topEigenvectors } from './topEigenvectors';

export interface IntruderCosines {
  /** max_i |cos(y_j, x_i)| of the j-th left singular vector y_j of the tuned weight over all x_i of the base's. */
  readonly cosines: Float64Array;
  /** How far the y_j are from settled, relative; above about 1e-6 a figure may still move. */
  readonly residual: number;
}

/** Directions of the base whose σ is below this share of σ₁ are told by rounding, not by the weight: AᵀA squares σ. */
const NO_DIRECTION = 1e-7;

/**
 * For each of the `top` first left singular vectors of W₀ + ΔW the largest cosine with any left singular vector of W₀:
 * those below an ε are intruder dimensions (Shuttleworth et al. 2024, arXiv 2410.21228, definition 3.1 and algorithm 1,
 * with |cos|, for the sign of a singular vector means nothing). All min(dOut, dIn) vectors of W₀ count, without forming
 * them: y is carried along while the smaller of W₀W₀ᵀ and W₀ᵀW₀ is decomposed; there xᵢ · y = vᵢ · W₀ᵀy / σᵢ.
 * About 4/3 n³ operations for the smaller side n. Fewer than `top` where the tuned weight has a lower rank.
 */
export async function intruderCosines(
  base: DoubleMatrix,
  tuned: DoubleMatrix,
  top: number,
  products: DoubleProducts,
  random: () => number,
): Promise<IntruderCosines> {
  const isWide = base.rows <= base.cols;
  const gramOf = (w: DoubleMatrix): Promise<DoubleMatrix> => products.times(w, w, isWide ? { b: true } : { a: true });
  const { values, vectors, residual } = await topEigenvectors(await gramOf(tuned), top, products, random);
  const y = isWide ? vectors : scaledRows(await products.times(vectors, tuned, { b: true }), values);
  const carried = isWide ? y : await products.times(y, base);
  const gram = await gramOf(base);
  const n = gram.rows;
  const count = carried.rows;
  const { values: lambda, coordinates } = eigenCoordinates(gram.values, n, transposed(carried), count);
  const cosines = new Float64Array(count);
  const least = NO_DIRECTION * Math.sqrt(lambda[0] ?? 0);
  for (let i = 0; i < n; i++) {
    const sigma = Math.sqrt(Math.max(0, lambda[i] as number));
    if (!isWide && sigma <= least) break;
    for (let j = 0; j < count; j++) {
      const cosine = Math.abs(coordinates[i * count + j] as number) / (isWide ? 1 : sigma);
      if (cosine > (cosines[j] as number)) cosines[j] = cosine;
    }
  }
  return { cosines, residual };
}

/** Row i over the square root of value i: W v / σ from W v. */
function scaledRows({ rows, cols, values }: DoubleMatrix, squares: Float64Array): DoubleMatrix {
  return { rows, cols, values: values.map((value, at) => value / Math.sqrt(squares[Math.floor(at / cols)] as number)) };
}

function transposed({ rows, cols, values }: DoubleMatrix): Float64Array {
  const result = new Float64Array(values.length);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < cols; j++) result[j * rows + i] = values[i * cols + j] as number;
  }
  return result;
}
