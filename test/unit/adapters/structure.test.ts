import { describe, expect, it } from 'vitest';
import { fullStructure } from '../../../src/engine/adapters/full/fullStructure';
import { loraStructure } from '../../../src/engine/adapters/lora/loraStructure';
import { moraStructure } from '../../../src/engine/adapters/mora/moraStructure';

describe('adapter structures', () => {
  it('say which matrices they train', () => {
    const mora = moraStructure({ dIn: 4096, dOut: 4096, rank: 8, type: 1 });
    expect([...mora.parameterShapes]).toEqual([['M', [256, 256]]]);
    expect([mora.parameterCount, mora.rankBound]).toEqual([65536, 256]);

    const lora = loraStructure({ dIn: 4096, dOut: 1024, rank: 8, alpha: 16 });
    expect([...lora.parameterShapes]).toEqual([
      ['A', [8, 4096]],
      ['B', [1024, 8]],
    ]);
    expect([lora.parameterCount, lora.rankBound, lora.scale]).toEqual([40960, 8, 2]);

    const full = fullStructure({ dIn: 12, dOut: 5 });
    expect([...full.parameterShapes]).toEqual([['W', [5, 12]]]);
    expect([full.parameterCount, full.rankBound]).toEqual([60, 5]);
  });

  it('bound the rank by the layer for rotation', () => {
    expect(moraStructure({ dIn: 4096, dOut: 4096, rank: 8, type: 6 }).rankBound).toBe(4096);
    expect(moraStructure({ dIn: 4096, dOut: 1024, rank: 8, type: 6 }).rankBound).toBe(1024);
  });

  it('count the parameters of a whole model like the published tables', () => {
    // LLaMA-2-7B, all seven linear layers of 32 blocks, rank 8.
    const layers = [
      ...new Array<[number, number]>(4).fill([4096, 4096]),
      ...new Array<[number, number]>(2).fill([4096, 11008]),
      [11008, 4096] as const,
    ];
    const total = (count: (dIn: number, dOut: number) => number): number =>
      32 * layers.reduce((sum, [dIn, dOut]) => sum + count(dIn, dOut), 0);
    expect(total((dIn, dOut) => loraStructure({ dIn, dOut, rank: 8, alpha: 16 }).parameterCount)).toBe(19_988_480);
    expect(total((dIn, dOut) => moraStructure({ dIn, dOut, rank: 8, type: 1 }).parameterCount)).toBe(20_014_592);
    expect(total((dIn, dOut) => moraStructure({ dIn, dOut, rank: 8, type: 6 }).parameterCount)).toBe(20_014_592);
  });

  it('do not change, and do not hand out their parameters', () => {
    const full = fullStructure({ dIn: 2, dOut: 2 });
    expect(Object.isFrozen(full)).toBe(true);
    const W = Float32Array.of(1, 2, 3, 4);
    full.deltaWeight({ W })[0] = 9;
    expect(W[0]).toBe(1);
  });

  it('refuse parameters that are missing or of another shape', () => {
    const mora = moraStructure({ dIn: 6, dOut: 5, rank: 1, type: 1 });
    expect(() => mora.deltaWeight({ A: new Float32Array(9) })).toThrow('Parameter M of the adapter is missing');
    expect(() => mora.singularValues({ M: new Float32Array(8) })).toThrow('has 8 values, not 3 × 3');
  });

  it('refuse sizes that make no layer', () => {
    expect(() => fullStructure({ dIn: 0, dOut: 4 })).toThrow('A layer 0 → 4 cannot have an adapter');
    expect(() => loraStructure({ dIn: 4, dOut: 4, rank: 1.5, alpha: 1 })).toThrow('Rank 1.5 for the layer 4 → 4');
    expect(() => loraStructure({ dIn: 4, dOut: 4, rank: 1, alpha: NaN })).toThrow('alpha NaN');
  });
});
