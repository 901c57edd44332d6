import { describe, expect, it } from 'vitest';
import { symmetricEigen } from '../../../src/analysis/symmetricEigen';
import { largestDifference, randomOrthogonal, times, transpose } from '../../support/dense';
import { gaussians, seededRandom } from '../../support/seededRandom';

/** V diag(λ) Vᵀ for a random orthogonal V. */
function withEigenvalues(values: readonly number[], seed: number): Float64Array {
  const n = values.length;
  const random = seededRandom(seed);
  const v = randomOrthogonal(n, (count) => gaussians(count, random));
  const scaled = v.map((value, index) => value * values[index % n]!);
  return times(scaled, transpose(v, n, n), n, n, n);
}

describe('symmetricEigen', () => {
  const spectra: [what: string, values: number[]][] = [
    ['one value', [-3]],
    ['two values', [2, 1]],
    ['values of both signs', [9, 4, 1e-3, 0, -2, -7]],
    ['values that repeat', [5, 5, 5, 1, 1, 0, 0, 0]],
    ['values over many orders', Array.from({ length: 12 }, (_, i) => 10 ** -i)],
    ['many values', Array.from({ length: 60 }, (_, i) => 60 - i)],
    ['large values', [1e200, 5e199, -1e199]],
    ['small values', [3e-200, 1e-200, 0]],
  ];

  it.each(spectra)('finds %s and their vectors', (_, expected) => {
    const n = expected.length;
    const a = withEigenvalues(expected, n);
    const before = a.slice();
    const { values, vectors } = symmetricEigen(a, n);
    expect(a).toEqual(before);
    const largest = Math.max(...expected.map(Math.abs));
    expect(largestDifference(values, expected)).toBeLessThan(1e-13 * n * largest);
    // V Vᵀ = 1, and Vᵀ diag(λ) V is the matrix.
    const gram = times(vectors, transpose(vectors, n, n), n, n, n);
    expect(
      largestDifference(
        gram,
        gram.map((__, i) => (i % (n + 1) === 0 ? 1 : 0)),
      ),
    ).toBeLessThan(1e-13 * n);
    const scaled = vectors.map((value, index) => value * values[Math.floor(index / n)]!);
    const rebuilt = times(transpose(vectors, n, n), scaled, n, n, n);
    expect(largestDifference(rebuilt, a)).toBeLessThan(1e-13 * n * largest);
  });

  it('takes a diagonal matrix and zero as they are', () => {
    expect([...symmetricEigen(Float64Array.of(1, 0, 0, 0, 3, 0, 0, 0, 2), 3).values]).toEqual([3, 2, 1]);
    const { values, vectors } = symmetricEigen(new Float64Array(4), 2);
    expect([...values, ...vectors]).toEqual([0, 0, 1, 0, 0, 1]);
  });

  // λ = 2 − 2 cos(πk/(n+1)) of the second difference matrix.
  it('finds the values of the second difference matrix, which have a closed form', () => {
    const n = 40;
    const a = Float64Array.from({ length: n * n }, (_, index) => {
      const distance = Math.abs(Math.floor(index / n) - (index % n));
      return distance === 0 ? 2 : distance === 1 ? -1 : 0;
    });
    const expected = Array.from({ length: n }, (_, k) => 2 - 2 * Math.cos((Math.PI * (n - k)) / (n + 1)));
    expect(largestDifference(symmetricEigen(a, n).values, expected)).toBeLessThan(1e-13);
  });

  it('refuses what is not finite or not square', () => {
    expect(() => symmetricEigen(Float64Array.of(1, NaN, NaN, 1), 2)).toThrow(RangeError);
    expect(() => symmetricEigen(new Float64Array(6), 2)).toThrow(RangeError);
  });
});
