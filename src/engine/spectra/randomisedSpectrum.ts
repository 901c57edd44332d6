import { orthonormalRows } from '../../analysis/orthonormalRows';
import { singularValues } from '../../analysis/singularValues';
import type { DoubleMatrix, DoubleProducts } from './doubleProducts';

/** The largest singular values of a matrix A, and what they leave out. */
export interface PartialSpectrum {
  /** Descending; none is larger than the σᵢ that it stands for. */
  readonly singularValues: Float64Array;
  /** ‖A‖_F, of every entry. */
  readonly norm: number;
  /**
   * ‖A − Q Qᵀ A‖_F for the basis Q in which the values were found, rounding included. With R = A − Q Qᵀ A,
   * AᵀA = (QᵀA)ᵀ(QᵀA) + RᵀR, so each σᵢ² lies within [found², found² + residual²] (Weyl), and all that is missing of
   * Σσ² together is residual².
   */
  readonly residual: number;
}

/** Directions beyond those asked for; 5 to 10 make a failure of the random start as good as impossible (Halko et al. §4.2). */
const OVERSAMPLING = 16;

/** Products with A Aᵀ before the basis is taken: they press down what lies outside it, σ to σ⁵. */
const POWER_ITERATIONS = 2;

/** A row of which float64 products leave less than this share is a combination of those before it. */
const DEPENDENT = 1e-12;

/**
 * The `count` largest singular values of `a`: the randomised range finder with power iterations, each step made
 * orthonormal, and the singular values of Qᵀ A (Halko, Martinsson & Tropp 2011, algorithms 4.4 and 5.1), in float64.
 * `random` yields standard normal numbers. Throws a RangeError when an entry is not finite.
 */
export async function randomisedSpectrum(
  a: DoubleMatrix,
  count: number,
  products: DoubleProducts,
  random: () => number,
): Promise<PartialSpectrum> {
  const width = Math.min(count + OVERSAMPLING, a.rows, a.cols);
  const squares = sumOfSquares(a.values);
  if (!Number.isFinite(squares)) throw new RangeError('the matrix has entries that are not finite.');
  const start = Float64Array.from({ length: width * a.cols }, random);
  let rows: DoubleMatrix = { rows: width, cols: a.cols, values: start };
  let image = rows;
  for (let pass = 0; pass <= POWER_ITERATIONS; pass++) {
    const basis = orthonormal(await products.times(rows, a, { b: true }));
    image = await products.times(basis, a);
    rows = orthonormal({ ...image, values: image.values.slice() });
  }
  const found = image.rows === 0 ? new Float64Array() : singularValues(image.values, image.rows, image.cols);
  // The difference of two sums cannot tell what is below their rounding.
  const rounding = Number.EPSILON * a.cols * squares;
  const missing = Math.max(0, squares - sumOfSquares(image.values));
  return {
    singularValues: found.slice(0, count),
    norm: Math.sqrt(squares),
    residual: Math.sqrt(missing + rounding),
  };
}

/** The rows made orthonormal, in place; fewer where they depend on each other. */
function orthonormal({ cols, values }: DoubleMatrix): DoubleMatrix {
  const rows = orthonormalRows(new Float64Array(), values, cols, DEPENDENT);
  return { rows, cols, values: values.subarray(0, rows * cols) };
}

function sumOfSquares(values: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i] as number) * (values[i] as number);
  return sum;
}
