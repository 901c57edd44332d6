import { describe, expect, it } from 'vitest';
import { AdapterError } from '../../../src/engine/adapters/adapterError';
import { parseMode } from '../../../src/engine/adapters/mora/modes';
import { moraStructure } from '../../../src/engine/adapters/mora/moraStructure';

describe('parseMode', () => {
  it('knows each mode by its name and by its official number', () => {
    const modes = ['sharing', 'sharing-blocks', 'sharing-blocks-in', 'sharing-blocks-out', 'rotation'];
    expect(modes.map(parseMode)).toEqual(modes);
    expect([1, 2, 3, 4, 6].map(parseMode)).toEqual(modes);
    expect(['1', '2', '3', '4', '6'].map(parseMode)).toEqual(modes);
  });

  it.each([5, 0, 7, 1.5, '5', 'rope', ''])('refuses %s', (wrong) => {
    expect(() => parseMode(wrong)).toThrow(AdapterError);
  });

  it('says what there is instead of type 5', () => {
    expect(() => moraStructure({ dIn: 8, dOut: 8, rank: 1, type: 5 })).toThrow(
      'mora_type 5 does not exist; use 1 (sharing), 2, 3, 4 or 6 (rotation)',
    );
  });
});
