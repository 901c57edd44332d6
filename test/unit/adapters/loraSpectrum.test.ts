import { describe, expect, it } from 'vitest';
import { numericalRank } from '../../support/numericalRank';
import { singularValues } from '../../../src/analysis/singularValues';
import { loraStructure } from '../../../src/engine/adapters/lora/loraStructure';
import { largestDifference, times } from '../../support/dense';
import { gaussians32, seededRandom } from '../../support/seededRandom';

const SHAPES: readonly (readonly [dIn: number, dOut: number, rank: number, alpha: number])[] = [
  [20, 15, 4, 8],
  [15, 20, 1, 16],
  [8, 8, 8, 4],
  [5, 30, 7, 14],
  [30, 5, 7, -7],
  [4, 3, 6, 6],
];

describe('spectrum of LoRA', () => {
  it.each(SHAPES)('%i → %i, rank %i, alpha %i', (dIn, dOut, rank, alpha) => {
    const random = seededRandom(dIn);
    const A = gaussians32(rank * dIn, random);
    const B = gaussians32(dOut * rank, random);
    const structure = loraStructure({ dIn, dOut, rank, alpha });
    const exact = times(B, A, dOut, rank, dIn).map((x) => (x * alpha) / rank);
    const dense = singularValues(exact, dOut, dIn);

    expect(largestDifference(structure.deltaWeight({ A, B }), exact)).toBeLessThan(1e-6 * dense[0]!);
    const spectrum = structure.singularValues({ A, B });
    expect(spectrum).toHaveLength(structure.rankBound);
    const padded = new Float64Array(dense.length);
    padded.set(spectrum);
    expect(largestDifference(padded, dense)).toBeLessThan(1e-12 * dense[0]!);
    expect(numericalRank(dense, 1e-9)).toBe(structure.rankBound);
  });

  it('is 0 while B is 0', () => {
    const structure = loraStructure({ dIn: 6, dOut: 5, rank: 2, alpha: 4 });
    const spectrum = structure.singularValues({ A: new Float32Array(12).fill(1), B: new Float32Array(10) });
    expect([...spectrum]).toEqual([0, 0]);
  });
});
