import { describe, expect, it } from 'vitest';
import { AdapterError } from '../../../src/engine/adapters/adapterError';
import { loraStructure } from '../../../src/engine/adapters/lora/loraStructure';
import { exactLora } from '../../../src/engine/adapters/mora/exactLora';
import { layerPermutation } from '../../../src/engine/checkpoint/layerPermutation';
import { moraStructure } from '../../../src/engine/adapters/mora/moraStructure';
import { gaussians32, seededRandom } from '../../support/seededRandom';

describe('exactLora', () => {
  it.each([1, 2, 3, 4])('of type %i gives the same ΔW through LoRA, to the last bit', (type) => {
    for (const [dIn, dOut, rank] of [
      [12, 12, 3],
      [13, 8, 2],
      [9, 30, 1],
      [8, 40, 4],
    ] as const) {
      const linear = { layer: 0, module: 'q_proj', name: 'model.layers.0.self_attn.q_proj', dIn, dOut };
      for (const permutation of [null, layerPermutation({ seed: 1, merge: 2 }, linear)]) {
        const mora = moraStructure({ dIn, dOut, rank, type, permutation });
        const M = gaussians32(mora.parameterCount, seededRandom(dIn));
        const factors = exactLora(mora, M);
        const lora = loraStructure({ dIn, dOut, rank: factors.rank, alpha: factors.rank });
        expect(lora.deltaWeight({ A: factors.a, B: factors.b })).toEqual(mora.deltaWeight({ M }));
      }
    }
  });

  it('refuses rotation', () => {
    const mora = moraStructure({ dIn: 12, dOut: 12, rank: 3, type: 6 });
    expect(() => exactLora(mora, new Float32Array(mora.parameterCount))).toThrow(AdapterError);
  });
});
