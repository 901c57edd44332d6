import { describe, expect, it } from 'vitest';
import { singularValues } from '../../../src/analysis/singularValues';
import { largestDifference, randomOrthogonal, times } from '../../support/dense';
import { jacobiSingularValues } from '../../support/jacobiSingularValues';
import { gaussians, seededRandom } from '../../support/seededRandom';
import CASES from '../../fixtures/singularValues/numpy.json';

const random = seededRandom(1);
const gaussian = (count: number): Float64Array => gaussians(count, random);

function hilbert(n: number): Float64Array {
  return Float64Array.from({ length: n * n }, (_, index) => 1 / (Math.floor(index / n) + (index % n) + 1));
}

/** U diag(sigma) Vᵀ [rows, cols] with random orthogonal U and V. */
function withSpectrum(sigma: readonly number[], rows: number, cols: number): Float64Array {
  const middle = new Float64Array(rows * cols);
  sigma.forEach((value, i) => (middle[i * cols + i] = value));
  const left = times(randomOrthogonal(rows, gaussian), middle, rows, rows, cols);
  return times(left, randomOrthogonal(cols, gaussian), rows, cols, cols);
}

describe('singularValues', () => {
  it('of a diagonal matrix are its magnitudes in descending order', () => {
    const a = Float64Array.of(0.5, 0, 0, 0, -3, 0, 0, 0, 2);
    expect([...singularValues(a, 3, 3)]).toEqual([3, 2, 0.5]);
  });

  it('of a row or a column are its length', () => {
    expect(singularValues(Float64Array.of(2, 3, 6), 1, 3)[0]).toBeCloseTo(7, 14);
    expect(singularValues(Float64Array.of(2, 3, 6), 3, 1)[0]).toBeCloseTo(7, 14);
    expect([...singularValues(Float64Array.of(-4), 1, 1)]).toEqual([4]);
  });

  it('of a rotation are all 1', () => {
    const values = singularValues(randomOrthogonal(24, gaussian), 24, 24);
    expect(largestDifference(values, new Array<number>(24).fill(1))).toBeLessThan(1e-13);
  });

  it.each([
    [6, 6],
    [9, 7],
    [7, 9],
    [30, 8],
    [8, 30],
  ])('recover a prescribed spectrum, %i × %i', (rows, cols) => {
    const sigma = Array.from({ length: Math.min(rows, cols) }, (_, i) => 100 * 0.3 ** i);
    const values = singularValues(withSpectrum(sigma, rows, cols), rows, cols);
    expect(largestDifference(values, sigma)).toBeLessThan(1e-12);
  });

  it('see repeated values and a missing rank', () => {
    const sigma = [5, 5, 5, 2, 2, 0, 0, 0];
    expect(largestDifference(singularValues(withSpectrum(sigma, 12, 8), 12, 8), sigma)).toBeLessThan(1e-13);
  });

  it('of the Hilbert matrix have its trace as sum and its determinant as product', () => {
    const values = singularValues(hilbert(3), 3, 3);
    expect(values.reduce((sum, x) => sum + x, 0)).toBeCloseTo(1 + 1 / 3 + 1 / 5, 14);
    expect(values.reduce((product, x) => product * x, 1) * 2160).toBeCloseTo(1, 12);
    expect(
      largestDifference(singularValues(hilbert(12), 12, 12), jacobiSingularValues(hilbert(12), 12, 12)),
    ).toBeLessThan(2e-15);
  });

  it.each([
    [1, 5],
    [2, 2],
    [5, 4],
    [17, 17],
    [20, 12],
    [21, 12],
    [13, 40],
    [64, 63],
  ])('agree with Jacobi rotations on a random matrix, %i × %i', (rows, cols) => {
    const a = gaussian(rows * cols);
    const values = singularValues(a, rows, cols);
    const expected = jacobiSingularValues(a, rows, cols);
    expect(largestDifference(values, expected)).toBeLessThan(1e-13 * expected[0]!);
  });

  it('square to the squared Frobenius norm', () => {
    const a = gaussian(150 * 120);
    const squares = (x: Float64Array): number => x.reduce((sum, value) => sum + value * value, 0);
    expect(squares(singularValues(a, 150, 120)) / squares(a)).toBeCloseTo(1, 12);
  });

  it.each([1e-300, 1e-30, 1e30, 1e300])('scale with the matrix, by %f, without overflow or underflow', (factor) => {
    const a = gaussian(7 * 5);
    const expected = singularValues(a, 7, 5);
    const values = singularValues(
      a.map((x) => x * factor),
      7,
      5,
    );
    values.forEach((value, i) => expect(value / factor / expected[i]!).toBeCloseTo(1, 12));
  });

  it('survive entries whose squares vanish beside large ones', () => {
    const values = singularValues(Float64Array.of(1, 1e-200, 0, 1e-200, 1e-250, 1e-180, 0, 1e-160, 1e-170), 3, 3);
    expect(values[0]).toBe(1);
    expect(values.every((x) => x >= 0 && x <= 1)).toBe(true);
  });

  it('are 0 for the zero matrix and none for an empty one', () => {
    expect([...singularValues(new Float64Array(6), 2, 3)]).toEqual([0, 0]);
    expect(singularValues(new Float64Array(0), 0, 3)).toHaveLength(0);
  });

  it('leave their argument alone', () => {
    const a = Float64Array.of(3, 4, 0, 5);
    expect(singularValues(a, 2, 2)[0]! ** 2).toBeCloseTo(45, 12); // AᵀA has eigenvalues 45 and 5
    expect([...a]).toEqual([3, 4, 0, 5]);
  });

  it('name the entry that is not finite, and a length that does not fit', () => {
    const a = new Float64Array(6).fill(1);
    expect(() => singularValues(a.with(4, NaN), 2, 3)).toThrow('Entry [1, 1] of the matrix is NaN');
    expect(() => singularValues(a.with(2, -Infinity), 2, 3)).toThrow('Entry [0, 2] of the matrix is -Infinity');
    expect(() => singularValues(a, 2, 2)).toThrow('6 entries are not a 2 × 2 matrix');
  });
});

describe('singular values of a float32 matrix', () => {
  /** Some roundings of float32, of σ₁. */
  const SINGLE = 4 * 2 ** -23;

  function check(a: Float32Array, rows: number, cols: number): void {
    const expected = singularValues(Float64Array.from(a), rows, cols);
    const found = singularValues(a, rows, cols);
    expect(found).toHaveLength(expected.length);
    expect(largestDifference(found, expected)).toBeLessThan(SINGLE * expected[0]!);
  }

  it.each([
    [1, 1],
    [1, 9],
    [2, 2],
    [7, 8],
    [17, 17],
    [40, 13],
    [33, 70],
    [130, 121],
    [256, 256],
  ])('are those in float64 but for rounding, %i × %i', (rows, cols) => {
    check(Float32Array.from(gaussian(rows * cols)), rows, cols);
  });

  it.each([1e-43, 1e-38, 1e-20, 1e-6, 1e6, 1e20, 1e37])('whose entries are about %f', (factor) => {
    check(
      Float32Array.from(gaussian(40 * 30), (x) => x * factor),
      40,
      30,
    );
  });

  it.each([1, 4, 12, 30])('that fall by 1e-%i from the first row to the last', (grade) => {
    check(
      Float32Array.from(gaussian(48 * 48), (x, i) => x * 10 ** ((-grade * Math.floor(i / 48)) / 48)),
      48,
      48,
    );
  });

  it('see repeated values and a missing rank', () => {
    const sigma = [5, 5, 5, 2, 2, 0, 0, 0];
    const found = singularValues(Float32Array.from(withSpectrum(sigma, 12, 8)), 12, 8);
    expect(largestDifference(found, sigma)).toBeLessThan(5 * SINGLE);
  });

  it('name the entry that is not finite', () => {
    expect(() => singularValues(Float32Array.of(1, Infinity, 1, 1), 2, 2)).toThrow('Entry [0, 1] of the matrix');
  });
});

describe("LAPACK's values", () => {
  it.each(CASES)('are found of $rows × $cols entries that fall by 1e-$grade', ({ rows, cols, seed, grade, values }) => {
    const found = singularValues(congruential(rows, cols, seed, grade), rows, cols);
    expect(found).toHaveLength(values.length);
    expect(largestDifference(found, values)).toBeLessThan(1e-13 * values[0]!);
  });
});

/** The matrices of test/fixtures/singularValues/make.py. */
function congruential(rows: number, cols: number, seed: number, grade: number): Float64Array {
  let state = seed;
  return Float64Array.from({ length: rows * cols }, (_, index) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state / 2 ** 31 - 1) * 10 ** ((-grade * Math.floor(index / cols)) / rows);
  });
}
