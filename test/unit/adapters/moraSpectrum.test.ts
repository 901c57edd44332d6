import { describe, expect, it } from 'vitest';
import { numericalRank } from '../../support/numericalRank';
import { singularValues } from '../../../src/analysis/singularValues';
import { AdapterError } from '../../../src/engine/adapters/adapterError';
import { moraStructure } from '../../../src/engine/adapters/mora/moraStructure';
import { moraSingularValues } from '../../../src/engine/adapters/mora/spectrum';
import type { MoraStructure } from '../../../src/engine/adapters/structure';
import { largestDifference } from '../../support/dense';
import { denseDelta } from '../../support/denseDelta';
import { gaussians32, seededRandom } from '../../support/seededRandom';

const TYPES = [1, 2, 3, 4, 6];
/** Of σ₁: some roundings of float32, the precision of M. */
const SINGLE = 4 * 2 ** -23;

/** Checks ΔW against the dense products, the spectrum against a dense decomposition, and the rank bound. */
function check(structure: MoraStructure, seed: number): void {
  const { dIn, dOut, rHat, rankBound } = structure;
  const M = gaussians32(rHat * rHat, seededRandom(seed));
  const where = `type ${structure.type}, ${dIn} → ${dOut}, r̂ = ${rHat}`;
  const exact = denseDelta(structure, M);
  expect(largestDifference(structure.deltaWeight({ M }), exact), where).toBeLessThan(2e-6);

  const dense = singularValues(exact, dOut, dIn);
  const spectrum = structure.singularValues({ M });
  expect(spectrum, where).toHaveLength(rankBound);
  const padded = new Float64Array(dense.length);
  padded.set(spectrum);
  expect(largestDifference(padded, dense), where).toBeLessThan(SINGLE * dense[0]!);
  padded.set(moraSingularValues(structure, Float64Array.from(M)));
  expect(largestDifference(padded, dense), `in float64, ${where}`).toBeLessThan(1e-10 * dense[0]!);
  expect(numericalRank(dense, 1e-9), `rank, ${where}`).toBe(rankBound);
}

describe('spectrum of MoRA', () => {
  const named: readonly (readonly [string, number, number, number])[] = [
    ['r̂ divides both sides', 24, 16, 4],
    ['r̂ divides neither side', 23, 17, 6],
    ['dIn = k·r̂ + 1, the longest wrap', 25, 24, 8],
    ['dOut below r̂', 40, 5, 8],
    ['dIn < r̂ ≤ 2 dIn', 7, 40, 12],
    ['r̂ = 2 dIn', 4, 60, 8],
    ['both sides below r̂', 7, 9, 12],
    ['outputs beyond the last block, repeated evenly', 12, 48, 4],
    ['outputs beyond the last block, cut inside a block', 14, 70, 4],
    ['a single block', 8, 8, 8],
    ['a single block, folded, outputs repeated', 10, 33, 16],
    ['a single block, cropped', 10, 6, 12],
    ['crop inside a block', 32, 19, 6],
    ['crop inside the coupled last block', 22, 23, 6],
    ['crop that removes the coupled last block', 22, 12, 6],
    ['two blocks, both coupled', 9, 12, 6],
    ['one output', 20, 1, 4],
  ];
  it.each(named)('%s: %i → %i, r̂ = %i', (_, dIn, dOut, rHat) => {
    for (const type of TYPES) check(moraStructure({ dIn, dOut, rank: 1, type, rHat }), 10 * dIn + type);
  });

  it('is exact on every small shape', () => {
    let checked = 0;
    for (let dIn = 1; dIn <= 11; dIn++) {
      for (let dOut = 1; dOut <= 11; dOut++) {
        for (const rank of [1, 2, 4]) {
          for (const type of TYPES) {
            let structure: MoraStructure;
            try {
              structure = moraStructure({ dIn, dOut, rank, type });
            } catch (error) {
              expect(error).toBeInstanceOf(AdapterError);
              continue;
            }
            check(structure, 1000 * dIn + 10 * dOut + type);
            checked++;
          }
        }
      }
    }
    expect(checked).toBeGreaterThan(1500);
  });

  it.each([1, 2, 3, 4])('of type %i scales that of M by √(dIn·dOut) / r̂ where r̂ divides both sides', (type) => {
    const structure = moraStructure({ dIn: 40, dOut: 24, rank: 1, type });
    expect(structure.rHat).toBe(8);
    const M = gaussians32(64, seededRandom(4));
    const expected = singularValues(M, 8, 8).map((sigma) => (sigma * Math.sqrt(40 * 24)) / 8);
    expect(largestDifference(structure.singularValues({ M }), expected)).toBeLessThan(SINGLE * expected[0]!);
  });

  it('of rotation repeats that of M once a block', () => {
    const structure = moraStructure({ dIn: 24, dOut: 24, rank: 3, type: 6 });
    expect(structure.rHat).toBe(12);
    const M = gaussians32(144, seededRandom(4));
    const expected = [...singularValues(M, 12, 12)].flatMap((sigma) => [sigma, sigma]);
    expect(largestDifference(structure.singularValues({ M }), expected)).toBeLessThan(1e-12);
  });

  it.each([
    ['all rows as often', 768],
    ['the first block cut within', 825],
    ['a block between cut within', 918],
    ['the last block cut', 360],
  ])('of rotation is that of ΔW where few columns wrap: %s', (_, dOut) => {
    // So few that the two coupled blocks become bands.
    const structure = moraStructure({ dIn: 380, dOut, rank: 1, type: 6, rHat: 96 });
    const M = gaussians32(96 ** 2, seededRandom(9));
    const expected = singularValues(structure.deltaWeight({ M }), dOut, 380);
    // ΔW is rounded to float32.
    expect(largestDifference(structure.singularValues({ M }), expected)).toBeLessThan(1e-6 * expected[0]!);
  });

  it('falls with the rank of M', () => {
    const M = new Float32Array(36);
    for (let i = 0; i < 36; i++) M[i] = (1 + (i % 6)) * (1 + Math.floor(i / 6)); // rank 1
    const rankOf = (type: number, dIn: number, dOut: number): number =>
      numericalRank(moraStructure({ dIn, dOut, rank: 1, type, rHat: 6 }).singularValues({ M }), SINGLE);
    expect([1, 2, 3, 4].map((type) => rankOf(type, 20, 20))).toEqual([1, 1, 1, 1]);
    expect(rankOf(6, 24, 24)).toBe(4); // once a block
  });

  it('is all 0 for M = 0', () => {
    for (const type of TYPES) {
      const structure = moraStructure({ dIn: 20, dOut: 13, rank: 2, type });
      const M = new Float32Array(structure.rHat ** 2);
      expect(structure.singularValues({ M }).every((sigma) => sigma === 0)).toBe(true);
    }
  });
});
