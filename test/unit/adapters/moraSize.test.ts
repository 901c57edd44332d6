import { describe, expect, it } from 'vitest';
import { UserError } from '../../../src/config/userError';
import { moraStructure } from '../../../src/engine/adapters/mora/moraStructure';
import { largestRankFor, rHatOf } from '../../../src/engine/adapters/mora/size';
import { moraWarnings } from '../../../src/engine/adapters/mora/warnings';

describe('r̂', () => {
  it.each([
    [4096, 4096, 8, 256, 256],
    [4096, 11008, 64, 983, 982],
    [4096, 1024, 8, 202, 202],
    [4096, 1024, 256, 1145, 1144],
    [768, 768, 8, 111, 110],
    [768, 2560, 128, 653, 652],
    [896, 128, 8, 91, 90],
    [896, 4864, 8, 215, 214],
    [576, 192, 8, 78, 78],
  ])('of %i → %i at rank %i is %i, and %i for rotation', (dIn, dOut, rank, sharing, rotation) => {
    expect([1, 2, 3, 4].map((type) => moraStructure({ dIn, dOut, rank, type }).rHat)).toEqual(Array(4).fill(sharing));
    expect(moraStructure({ dIn, dOut, rank, type: 6 }).rHat).toBe(rotation);
    expect(moraStructure({ dIn: dOut, dOut: dIn, rank, type: 1 }).rHat).toBe(sharing);
  });

  it('is refused where the inputs cannot wrap, with the largest rank that can', () => {
    const layer = { dIn: 4, dOut: 100 };
    for (const type of [1, 4, 6] as const) {
      expect(() => moraStructure({ ...layer, rank: 1, type })).toThrow(UserError);
    }
    expect(() => moraStructure({ dIn: 10, dOut: 90, rank: 8, type: 1 })).toThrow(
      'Rank 8 gives r̂ = 28 for the layer 10 → 90, more than twice its inputs, which mora_type 1 cannot wrap; ' +
        'use a rank of at most 4, or mora_type 2 or 3.',
    );
    expect(rHatOf({ dIn: 10, dOut: 90 }, 4, 1)).toBe(20);
    expect(() => moraStructure({ ...layer, rank: 1, type: 1 })).toThrow('cannot wrap; use mora_type 2 or 3.');
    expect(moraStructure({ ...layer, rank: 1, type: 2 }).rankBound).toBe(4);
  });

  it('may be given by a checkpoint, but rotation needs it even', () => {
    expect(moraStructure({ dIn: 6, dOut: 5, rank: 2, type: 1, rHat: 4 }).parameterCount).toBe(16);
    expect(() => moraStructure({ dIn: 6, dOut: 5, rank: 2, type: 6, rHat: 5 })).toThrow(
      'rotation needs a positive even',
    );
    expect(() => moraStructure({ dIn: 1, dOut: 1, rank: 1, type: 6 })).toThrow('rotation needs a positive even');
  });

  it('has a largest rank for every limit', () => {
    for (const type of [1, 6] as const) {
      for (let limit = 1; limit < 60; limit++) {
        const layer = { dIn: 30, dOut: 47 };
        const rank = largestRankFor(limit, layer, type);
        expect(rank === 0 || rHatOf(layer, rank, type) <= limit).toBe(true);
        expect(rHatOf(layer, rank + 1, type)).toBeGreaterThan(limit);
      }
    }
  });
});

describe('moraWarnings', () => {
  it('are silent where nothing is wasted', () => {
    for (const type of [1, 2, 3, 4, 6]) {
      expect(moraWarnings(moraStructure({ dIn: 4096, dOut: 4096, rank: 8, type }))).toEqual([]);
      expect(moraWarnings(moraStructure({ dIn: 4096, dOut: 11008, rank: 8, type }))).toEqual([]);
    }
  });

  it('name the rank from which M is larger than the layer', () => {
    const [warning, ...others] = moraWarnings(moraStructure({ dIn: 4096, dOut: 1024, rank: 256, type: 1 }));
    expect(warning).toBe(
      'r̂ = 1145 exceeds the shorter side of the layer 4096 → 1024, so ΔW cannot use all of M; ' +
        'use a rank of at most 205 here.',
    );
    expect(others).toEqual([]);
  });

  it.each([
    [11008, 4096, '62.1 %'],
    [4096, 1024, '70.4 %'],
    [14336, 4096, '70.5 %'],
    [896, 128, '79.9 %'],
    [4864, 896, '78.0 %'],
  ])('give the share of inputs that rotation ignores, %i → %i: %s', (dIn, dOut, share) => {
    const warnings = moraWarnings(moraStructure({ dIn, dOut, rank: 8, type: 6 }));
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain(share);
    expect(moraWarnings(moraStructure({ dIn, dOut, rank: 8, type: 1 }))).toEqual([]);
  });

  it('count exactly the inputs whose columns of ΔW are 0', () => {
    const structure = moraStructure({ dIn: 40, dOut: 11, rank: 1, type: 6 });
    const delta = structure.deltaWeight({ M: new Float32Array(structure.rHat ** 2).fill(1) });
    const dead = Array.from({ length: 40 }, (_, j) => delta.every((x, i) => i % 40 !== j || x === 0)).filter(Boolean);
    expect(moraWarnings(structure)[0]).toContain(`ignores ${dead.length} of the 40 inputs`);
  });
});
