import { describe, expect, it } from 'vitest';
import { numericalRank } from '../../support/numericalRank';
import { singularValues } from '../../../src/analysis/singularValues';
import { accumulatedSingularValues } from '../../../src/engine/adapters/accumulated';
import { accumulatedRankBound } from '../../../src/engine/adapters/accumulatedRankBound';
import { fullStructure } from '../../../src/engine/adapters/full/fullStructure';
import { loraStructure } from '../../../src/engine/adapters/lora/loraStructure';
import { moraStructure } from '../../../src/engine/adapters/mora/moraStructure';
import type { StructuredParameters } from '../../../src/engine/adapters/mora/official';
import type { AdapterStructure } from '../../../src/engine/adapters/structure';
import { layerPermutation } from '../../../src/engine/checkpoint/layerPermutation';
import { structureAfter } from '../../../src/engine/training/remora';
import { largestDifference } from '../../support/dense';
import { gaussians32, seededRandom } from '../../support/seededRandom';

const linearOf = (dIn: number, dOut: number) => ({
  layer: 3,
  module: 'q_proj',
  name: 'model.layers.3.self_attn.q_proj',
  dIn,
  dOut,
});

function random(structure: AdapterStructure, seed: number): StructuredParameters {
  const numbers = seededRandom(seed);
  const parameters = Object.fromEntries(
    [...structure.parameterShapes].map(([name, [rows, cols]]) => [name, gaussians32(rows * cols, numbers)]),
  );
  return { structure, parameters };
}

/** Σ ΔW in float64. */
function sumOf(parts: readonly StructuredParameters[]): Float64Array {
  const { dIn, dOut } = parts[0]!.structure;
  const sum = new Float64Array(dOut * dIn);
  for (const { structure, parameters } of parts) structure.deltaWeight(parameters).forEach((x, i) => (sum[i]! += x));
  return sum;
}

/** Rank of the sum of ΔW after each merge, by a dense decomposition, and by the factors. */
function ranks(parts: readonly StructuredParameters[]): { dense: number[]; factored: number[]; bound: number[] } {
  const { dIn, dOut } = parts[0]!.structure;
  const upTo = parts.map((_, i) => parts.slice(0, i + 1));
  return {
    dense: upTo.map((some) => numericalRank(singularValues(sumOf(some), dOut, dIn), 1e-6)),
    factored: upTo.map((some) => numericalRank(accumulatedSingularValues(some)!, 1e-9)),
    bound: upTo.map((some) => accumulatedRankBound(some.map(({ structure }) => structure))),
  };
}

// The ranks are those that the paper's own groupings were measured to give with random M.
describe('Rank of accumulated ΔW over six merges', () => {
  it.each([
    [64, 16, [1, 2, 3, 4, 1, 2], [16, 28, 28, 28, 28, 28]],
    [60, 13, [1, 2, 3, 4, 1, 2], [13, 25, 25, 25, 25, 25]],
    [64, 24, [1, 2, 3, 4, 1, 2], [24, 43, 43, 43, 43, 43]],
    [64, 16, [1, 3, 4], [16, 16, 28]],
    [64, 16, [1, 1, 1], [16, 16, 16]],
  ])('with the types of the paper stops near 2r̂: d = %i, r̂ = %i, types %j', (d, rHat, types, expected) => {
    const parts = types.map((type, i) => random(moraStructure({ dIn: d, dOut: d, rank: 1, type, rHat }), 10 + i));
    const found = ranks(parts);
    expect(found.dense).toEqual(expected);
    expect(found.factored).toEqual(expected);
    expect(found.bound).toEqual(expected);
  });

  it('goes round the types of the paper from whichever it begins with', () => {
    const first = moraStructure({ dIn: 64, dOut: 64, rank: 1, type: 3, rHat: 16 });
    const options = { regroup: 'cycle', seed: 0, earlier: 0 } as const;
    const types = [0, 1, 2, 3, 4, 5].map((merges) => structureAfter(first, linearOf(64, 64), options, merges));
    expect(types.map((structure) => structure.method === 'mora' && structure.type)).toEqual([3, 4, 1, 2, 3, 4]);
  });

  it('with permutations grows by r̂ − 1 each time, up to full rank', () => {
    const linear = linearOf(256, 256);
    const first = moraStructure({ dIn: 256, dOut: 256, rank: 1, type: 1, rHat: 32 });
    const options = { regroup: 'permutation', seed: 7, earlier: 0 } as const;
    const parts = Array.from({ length: 9 }, (_, merges) =>
      random(structureAfter(first, linear, options, merges), merges),
    );
    const expected = [32, 63, 94, 125, 156, 187, 218, 249, 256];
    const found = ranks(parts);
    expect(found.dense).toEqual(expected);
    expect(found.factored).toEqual(expected);
    expect(found.bound).toEqual(expected);
  });

  it('adds the rank of LoRA each time', () => {
    const parts = [1, 2, 3, 4].map((seed) => random(loraStructure({ dIn: 20, dOut: 14, rank: 4, alpha: 8 }), seed));
    const found = ranks(parts);
    expect(found.dense).toEqual([4, 8, 12, 14]);
    expect(found.factored).toEqual([4, 8, 12, 14]);
    expect(found.bound).toEqual([4, 8, 12, 14]);
  });
});

describe('the spectrum of a sum of ΔW', () => {
  const mora = (dIn: number, dOut: number, type: number, rHat: number, merge = 0, normalized = false) =>
    moraStructure({
      ...{ dIn, dOut, rank: 1, type, rHat, normalized },
      permutation: merge === 0 ? null : layerPermutation({ seed: 1, merge }, linearOf(dIn, dOut)),
    });
  const cases: [what: string, structures: AdapterStructure[]][] = [
    ['of all types on an oblong layer with a wrap', [1, 2, 3, 4, 2].map((type) => mora(23, 17, type, 6))],
    ['of shuffled types, wider than the layer in the end', [1, 2, 3, 4].map((merge) => mora(30, 18, 1, 7, merge))],
    ['of normalized and plain M', [mora(23, 17, 1, 6, 0, true), mora(23, 17, 1, 6)]],
    ['of LoRA and sharing', [loraStructure({ dIn: 20, dOut: 30, rank: 3, alpha: 1 }), mora(20, 30, 2, 5)]],
    ['of rotations', [mora(20, 24, 6, 8), mora(20, 24, 6, 8, 1), mora(20, 24, 6, 8, 2)]],
    ['of sharing and full fine-tuning', [mora(12, 10, 1, 4), fullStructure({ dIn: 12, dOut: 10 })]],
    ['of one', [mora(20, 24, 6, 8, 1)]],
  ];
  it.each(cases)('is that of the dense sum: %s', (_, structures) => {
    const parts = structures.map(random);
    const { dIn, dOut } = structures[0]!;
    const dense = singularValues(sumOf(parts), dOut, dIn);
    const found = accumulatedSingularValues(parts)!;
    const padded = new Float64Array(dense.length);
    padded.set(found.subarray(0, dense.length));
    expect(largestDifference(padded, dense)).toBeLessThan(2e-6 * dense[0]!);
    expect(numericalRank(found, 1e-9)).toBeLessThanOrEqual(accumulatedRankBound(structures));
  });

  it('is left out where it would take minutes', () => {
    const big = moraStructure({ dIn: 4096, dOut: 4096, rank: 8, type: 6 });
    const zero = { structure: big, parameters: { M: new Float32Array(big.parameterCount) } };
    expect(accumulatedSingularValues([zero, zero])).toBeUndefined();
    expect(accumulatedSingularValues([zero])).toHaveLength(4096);
  });
});

describe('the shuffle of a layer', () => {
  const key = { seed: 7, merge: 2 };
  it('follows from seed, merge and name, and is another for each of them', () => {
    const linear = linearOf(40, 24);
    const shuffle = layerPermutation(key, linear);
    expect(layerPermutation(key, linear)).toEqual(shuffle);
    expect([...shuffle.rows].sort((a, b) => a - b)).toEqual([...Array(24).keys()]);
    expect([...shuffle.columns].sort((a, b) => a - b)).toEqual([...Array(40).keys()]);
    const others = [
      layerPermutation({ ...key, seed: 8 }, linear),
      layerPermutation({ ...key, merge: 3 }, linear),
      layerPermutation(key, { ...linear, name: 'model.layers.4.self_attn.q_proj' }),
    ];
    for (const other of others) {
      expect(other.rows).not.toEqual(shuffle.rows);
      expect(other.columns).not.toEqual(shuffle.columns);
    }
  });

  it('stays what it was when adapters were saved with it', () => {
    // Saved adapters hold only the seed: another order here would change their ΔW without a word.
    const { rows, columns } = layerPermutation(key, linearOf(8, 6));
    expect([[...rows], [...columns]]).toEqual([
      [1, 2, 5, 4, 3, 0],
      [3, 5, 2, 7, 1, 6, 0, 4],
    ]);
  });
});
