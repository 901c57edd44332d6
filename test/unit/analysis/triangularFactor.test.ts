import { describe, expect, it } from 'vitest';
import { triangularFactor } from '../../../src/analysis/triangularFactor';
import { largestDifference, times, transpose } from '../../support/dense';
import { gaussians, seededRandom } from '../../support/seededRandom';

describe('triangularFactor', () => {
  it.each([
    [1, 1],
    [4, 4],
    [9, 4],
    [40, 3],
  ])('has RᵀR = AᵀA and zeros below the diagonal, %i × %i', (rows, cols) => {
    const a = gaussians(rows * cols, seededRandom(2));
    const gram = times(transpose(a, rows, cols), a, cols, rows, cols);
    const r = triangularFactor(a, rows, cols);
    expect(largestDifference(times(transpose(r, cols, cols), r, cols, cols, cols), gram)).toBeLessThan(1e-12);
    for (let i = 0; i < cols; i++) {
      for (let j = 0; j < i; j++) expect(r[i * cols + j]).toBe(0);
    }
  });

  it('keeps a zero column zero', () => {
    expect([...triangularFactor(Float64Array.of(3, 0, 4, 0), 2, 2)].map(Math.abs)).toEqual([5, 0, 0, 0]);
  });

  it('refuses a wide matrix', () => {
    expect(() => triangularFactor(new Float64Array(6), 2, 3)).toThrow('rows ≥ cols');
  });
});
