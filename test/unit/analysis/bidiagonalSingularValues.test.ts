import { describe, expect, it } from 'vitest';
import { allBidiagonalSingularValues, bidiagonalSingularValues } from '../../../src/analysis/bidiagonalSingularValues';
import type { Bidiagonal } from '../../../src/analysis/bidiagonal';
import { jacobiSingularValues } from '../../support/jacobiSingularValues';
import { gaussians, seededRandom } from '../../support/seededRandom';

function valuesOf(diagonal: readonly number[], superdiagonal: readonly number[]): Float64Array {
  return bidiagonalSingularValues({
    diagonal: Float64Array.from(diagonal),
    superdiagonal: Float64Array.from(superdiagonal),
  });
}

describe('bidiagonalSingularValues', () => {
  it('of all ones are 2 cos(kπ / (2n + 1))', () => {
    // BᵀB is the second difference matrix with one free end.
    const n = 200;
    const values = valuesOf(new Array<number>(n).fill(1), new Array<number>(n - 1).fill(1));
    values.forEach((value, k) => {
      expect(value / (2 * Math.cos(((k + 1) * Math.PI) / (2 * n + 1)))).toBeCloseTo(1, 11);
    });
  });

  it('are within a few roundings of these for 700 rows', () => {
    const n = 700;
    const values = valuesOf(new Array<number>(n).fill(1), new Array<number>(n - 1).fill(1));
    // 2 cos(kπ / (2n + 1)), written so that small ones are exact too.
    const expected = (k: number): number => 2 * Math.sin(((2 * n - 2 * k - 1) * Math.PI) / (4 * n + 2));
    const errors = values.map((value, k) => Math.abs(value / expected(k) - 1));
    expect(Math.max(...errors)).toBeLessThan(1e-14);
  });

  it('keep tiny values to high relative accuracy, whichever end is small', () => {
    const diagonal = Array.from({ length: 12 }, (_, i) => 10 ** (-6 * i));
    const off = diagonal.slice(1).map((x) => 3 * x);
    const logDeterminant = -6 * ((11 * 12) / 2);
    for (const [d, e] of [
      [diagonal, off],
      [diagonal.toReversed(), off.toReversed()],
    ] as const) {
      const values = valuesOf(d, e);
      const sum = values.reduce((total, x) => total + Math.log10(x), 0);
      expect(sum).toBeCloseTo(logDeterminant, 10);
    }
  });

  it('of a singular matrix include exact zeros', () => {
    const values = valuesOf([2, 0, 3, 1], [1, 4, 1]);
    const dense = Float64Array.of(2, 1, 0, 0, 0, 0, 4, 0, 0, 0, 3, 1, 0, 0, 0, 1);
    const expected = jacobiSingularValues(dense, 4, 4);
    values.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 13));
    expect(values[3]).toBe(0);
  });

  it('converge on clusters far below the largest value', () => {
    const random = seededRandom(5);
    const tiny = gaussians(100, random).map((x) => x * 1e-17);
    const values = valuesOf(
      [1, ...tiny],
      Array.from(gaussians(100, random), (x) => x * 1e-17),
    );
    expect(values[0]).toBe(1);
    expect(values[1]).toBeLessThan(1e-15);
    expect(values[100]).toBeGreaterThan(0);
  });

  it.each([
    ['falling', 12],
    ['rising', -12],
    ['level', 0],
  ])('agree with Jacobi rotations where entries are %s and some are zero or negligible', (_, grade) => {
    const random = seededRandom(7);
    for (let trial = 0; trial < 40; trial++) {
      const n = 2 + Math.floor(random() * 30);
      const some = (count: number): number[] =>
        Array.from(gaussians(count, random), (x, i) => x * 10 ** ((-grade * i) / n) * keptOrNot(random()));
      const [d, e] = [some(n), some(n - 1)];
      const dense = new Float64Array(n * n);
      d.forEach((x, i) => (dense[i * n + i] = x));
      e.forEach((x, i) => (dense[i * n + i + 1] = x));
      const expected = jacobiSingularValues(dense, n, n);
      valuesOf(d, e).forEach((value, i) => expect(Math.abs(value - expected[i]!)).toBeLessThan(1e-13 * expected[0]!));
    }
  });

  it('of nothing are none', () => {
    expect(valuesOf([], [])).toHaveLength(0);
    expect([...valuesOf([-2], [])]).toEqual([2]);
  });
});

function keptOrNot(random: number): number {
  if (random < 0.05) return 0;
  return random < 0.1 ? 1e-14 : 1;
}

describe('singular values of several bidiagonal matrices', () => {
  const random = seededRandom(11);
  const bidiagonal = (size: number): Bidiagonal => ({
    diagonal: gaussians(size, random),
    superdiagonal: gaussians(Math.max(0, size - 1), random),
  });

  it.each([[[]], [[0]], [[1, 1]], [[2, 1, 0, 5]], [[40, 40]], [[90, 30, 31]], [[7, 60, 2, 59, 33]]])(
    'are those of each alone: sizes %j',
    (sizes) => {
      const matrices = sizes.map(bidiagonal);
      const all = allBidiagonalSingularValues(matrices);
      expect(all.map((values) => [...values])).toEqual(matrices.map((matrix) => [...bidiagonalSingularValues(matrix)]));
    },
  );

  it('may be zeros beside others', () => {
    const zeros = { diagonal: new Float64Array(20), superdiagonal: new Float64Array(19) };
    const [of, others] = allBidiagonalSingularValues([zeros, bidiagonal(30)]);
    expect([...(of ?? [])]).toEqual(new Array<number>(20).fill(0));
    expect(others?.at(-1)).toBeGreaterThan(0);
  });
});
