import { describe, expect, it } from 'vitest';
import { fullStructure } from '../../../src/engine/adapters/full/fullStructure';
import { initialise } from '../../../src/engine/adapters/initialise';
import { loraStructure } from '../../../src/engine/adapters/lora/loraStructure';
import { moraStructure } from '../../../src/engine/adapters/mora/moraStructure';
import { seededRandom } from '../../support/seededRandom';

const STRUCTURES = [
  moraStructure({ dIn: 30, dOut: 20, rank: 2, type: 1 }),
  moraStructure({ dIn: 30, dOut: 20, rank: 2, type: 6 }),
  loraStructure({ dIn: 30, dOut: 20, rank: 4, alpha: 8 }),
  fullStructure({ dIn: 30, dOut: 20 }),
];

describe('initialise', () => {
  it.each(STRUCTURES)('makes every parameter of $method, with ΔW = 0', (structure) => {
    const parameters = initialise(structure, seededRandom(1));
    expect(Object.keys(parameters)).toEqual([...structure.parameterShapes.keys()]);
    expect(structure.deltaWeight(parameters).every((x) => x === 0)).toBe(true);
  });

  it('spreads A evenly over ±1/√dIn, so that its variance is 1 / (3 dIn)', () => {
    const { A } = initialise(loraStructure({ dIn: 400, dOut: 3, rank: 50, alpha: 1 }), seededRandom(2));
    const values = [...A!];
    expect(Math.max(...values)).toBeLessThanOrEqual(0.05);
    expect(Math.min(...values)).toBeGreaterThanOrEqual(-0.05);
    expect(Math.max(...values)).toBeGreaterThan(0.0499);
    const variance = values.reduce((sum, x) => sum + x * x, 0) / values.length;
    expect(variance * 3 * 400).toBeCloseTo(1, 1);
  });

  it('repeats itself for the same random numbers', () => {
    const lora = loraStructure({ dIn: 5, dOut: 4, rank: 2, alpha: 1 });
    expect(initialise(lora, seededRandom(3))).toEqual(initialise(lora, seededRandom(3)));
  });
});
