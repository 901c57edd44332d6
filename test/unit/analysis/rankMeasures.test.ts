import { describe, expect, it } from 'vitest';
import {
  countAbove,
  effectiveRank,
  energyRank,
  frobenius,
  rankMeasures,
  stableRank,
} from '../../../src/analysis/rankMeasures';

const flat = new Float64Array(7).fill(0.25);
const one = Float64Array.of(3, 0, 0, 0);

describe('rank measures', () => {
  it('of n equal singular values are n, and of a single one 1', () => {
    for (const measure of [effectiveRank, stableRank]) {
      expect(measure(flat)).toBeCloseTo(7, 13);
      expect(measure(one)).toBeCloseTo(1, 13);
    }
  });

  it('follow their formulas on the spectrum 2, 1, 1', () => {
    const sigma = Float64Array.of(2, 1, 1);
    expect(effectiveRank(sigma)).toBeCloseTo(2 * Math.SQRT2, 14); // entropy of (½, ¼, ¼) is 1.5 ln 2
    expect(stableRank(sigma)).toBeCloseTo(6 / 4, 14);
    expect(frobenius(sigma)).toBeCloseTo(Math.sqrt(6), 14);
  });

  it('do not depend on scale, except the absolute count and the norm', () => {
    const sigma = Float64Array.of(2, 1, 0.5, 0.01);
    const scaled = sigma.map((x) => x * 1e-200);
    const measures = rankMeasures(sigma, { threshold: 0.6 });
    const small = rankMeasures(scaled, { threshold: 0.6 });
    expect(small.effectiveRank).toBeCloseTo(measures.effectiveRank, 13);
    expect(small.stableRank).toBeCloseTo(measures.stableRank, 13);
    expect(small.energyRank).toBe(measures.energyRank);
    expect([measures.countAbove, small.countAbove]).toEqual([2, 0]);
    expect((small.frobenius / measures.frobenius) * 1e200).toBeCloseTo(1, 13);
  });

  it('count strictly above the threshold, 0.1 unless told', () => {
    const sigma = Float64Array.of(0.5, 0.2, 0.1, 0.05);
    expect(countAbove(sigma)).toBe(2);
    expect(countAbove(sigma, 0.05)).toBe(3);
    expect(rankMeasures(sigma).countAbove).toBe(2);
  });

  it('take the fewest values that hold the share of energy', () => {
    const sigma = Float64Array.of(3, 1, 0); // energies 9 and 1: the first holds exactly 90 %
    expect(energyRank(sigma)).toBe(1);
    expect(energyRank(sigma, 0.91)).toBe(2);
    expect(energyRank(sigma, 1)).toBe(2);
  });

  it('are all 0 for the zero matrix and for none', () => {
    for (const sigma of [new Float64Array(4), new Float64Array(0)]) {
      expect(Object.values(rankMeasures(sigma))).toEqual([0, 0, 0, 0, 0]);
    }
  });
});
