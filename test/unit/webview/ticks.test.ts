import { describe, expect, it } from 'vitest';
import { clockStep, logarithmicTicks } from '../../../webview/shared/chart/ticks';

describe('ticks of a logarithmic axis', () => {
  it.each([
    [1, 1000, 4, [1, 10, 100, 1000]],
    [1, 100, 9, [1, 2, 5, 10, 20, 50, 100]],
    [1.4, 5, 9, [2, 3, 4, 5]],
    [0.001, 0.01, 9, [0.001, 0.002, 0.005, 0.01]],
  ])('from %d to %d, at most %i', (from, to, most, expected) => {
    expect(logarithmicTicks(from, to, most)).toEqual(expected);
  });

  it('are there, and not too many, at any zoom', () => {
    for (let decades = 0.1; decades < 12; decades += 0.1) {
      const ticks = logarithmicTicks(0.3, 0.3 * 10 ** decades, 9);
      expect(ticks.length).toBeLessThanOrEqual(9);
      expect(ticks.length).toBeGreaterThan(1);
    }
  });

  it('are none where the axis cannot be', () => {
    expect(logarithmicTicks(0, 10, 9)).toEqual([]);
    expect(logarithmicTicks(-1, 1, 9)).toEqual([]);
  });
});

describe('ticks of a time axis', () => {
  it('stand at parts and multiples of a minute, an hour and a day', () => {
    expect([9, 55, 600, 5400, 100_000, 40 * 86_400].map((seconds) => clockStep(seconds, 10))).toEqual([
      1,
      10,
      60,
      600,
      14_400,
      4 * 86_400,
    ]);
  });
});
