import { orthonormalRows } from '../../analysis/orthonormalRows';
import { symmetricEigen } from '../../analysis/symmetricEigen';
import type { DoubleMatrix, DoubleProducts } from './doubleProducts';

export interface TopEigenvectors {
  /** λ₁ ≥ λ₂ ≥ … > 0. */
  readonly values: Float64Array;
  /** [values.length, n], orthonormal rows. */
  readonly vectors: DoubleMatrix;
  /** max ‖S v − λ v‖ / λ₁. */
  readonly residual: number;
}

/** A vector is turned by about its residual over the gap to its neighbour: here by no more than the data's own rounding. */
const TOLERANCE = 1e-11;

const MAX_ROUNDS = 100;

/** Of the polynomial between two rounds. */
const MAX_DEGREE = 10;

/** Beyond this ratio the largest direction would drown the smallest wanted in rounding. */
const MAX_GROWTH = 1e6;

/** Eigenvalues below this share of the largest are zeros that carry rounding. */
const ZERO = 1e-14;

const DEPENDENT = 1e-13;

/**
 * The eigenvectors of the `count` largest eigenvalues of a symmetric positive semidefinite `s` [n, n]; fewer where it has
 * fewer that are not 0. Subspace iteration with Rayleigh-Ritz, on a block twice as wide, between whose rounds a Chebyshev
 * polynomial over [0, smallest Ritz value] damps what is not wanted (Zhou & Saad 2007). `random` yields standard normal
 * numbers.
 */
export async function topEigenvectors(
  s: DoubleMatrix,
  count: number,
  products: DoubleProducts,
  random: () => number,
): Promise<TopEigenvectors> {
  const n = s.rows;
  const width = Math.min(n, 2 * count + 8);
  let block = orthonormal({ rows: width, cols: n, values: Float64Array.from({ length: width * n }, random) });
  for (let round = 1; ; round++) {
    const image = await products.times(block, s);
    const h = await products.times(image, block, { b: true });
    const { values, vectors } = symmetricEigen(h.values, h.rows);
    const turn = { rows: h.rows, cols: h.rows, values: vectors };
    const ritz = await products.times(turn, block);
    const ritzImage = await products.times(turn, image);
    const largest = values[0] ?? 0;
    const wanted = values.subarray(0, count).filter((value) => value > ZERO * largest);
    const residual = largest === 0 ? 0 : worstResidual(ritz, ritzImage, wanted) / largest;
    const smallest = values.at(-1) ?? 0;
    if (residual <= TOLERANCE || round === MAX_ROUNDS || smallest <= ZERO * largest) {
      const kept = { rows: wanted.length, cols: n, values: ritz.values.subarray(0, wanted.length * n) };
      return { values: wanted, vectors: kept, residual };
    }
    block = orthonormal(await damped(s, ritz, ritzImage, values, wanted.length, products));
  }
}

/** p(S) X for the Chebyshev polynomial of [0, λ of the last row], rows X with images S X. */
async function damped(
  s: DoubleMatrix,
  x: DoubleMatrix,
  image: DoubleMatrix,
  values: Float64Array,
  count: number,
  products: DoubleProducts,
): Promise<DoubleMatrix> {
  const half = (values.at(-1) ?? 0) / 2;
  const degree = degreeFor((values[0] ?? 0) / half - 1, (values[count - 1] ?? 0) / half - 1);
  // t₁ = (S − h) x / h, tₖ₊₁ = 2 (S − h) tₖ / h − tₖ₋₁.
  let before = x.values;
  let current = Float64Array.from(image.values, (value, i) => value / half - (before[i] as number));
  for (let k = 1; k < degree; k++) {
    const product = await products.times({ ...x, values: current }, s);
    const [last, older] = [current, before];
    current = Float64Array.from(
      product.values,
      (value, i) => 2 * (value / half - (last[i] as number)) - (older[i] as number),
    );
    before = last;
  }
  return { ...x, values: current };
}

/** The highest degree whose polynomial does not grow too much more at the largest value than at the last one wanted. */
function degreeFor(largest: number, last: number): number {
  const growth = (degree: number): number =>
    Math.cosh(degree * Math.acosh(Math.max(1, largest))) / Math.cosh(degree * Math.acosh(Math.max(1, last)));
  let degree = MAX_DEGREE;
  while (degree > 1 && !(growth(degree) <= MAX_GROWTH)) degree--;
  return degree;
}

function worstResidual(x: DoubleMatrix, image: DoubleMatrix, values: Float64Array): number {
  let worst = 0;
  for (let i = 0; i < values.length; i++) {
    let squares = 0;
    for (let j = i * x.cols; j < (i + 1) * x.cols; j++) {
      squares += ((image.values[j] as number) - (values[i] as number) * (x.values[j] as number)) ** 2;
    }
    worst = Math.max(worst, Math.sqrt(squares));
  }
  return worst;
}

function orthonormal({ cols, values }: DoubleMatrix): DoubleMatrix {
  const rows = orthonormalRows(new Float64Array(), values, cols, DEPENDENT);
  return { rows, cols, values: values.subarray(0, rows * cols) };
}
