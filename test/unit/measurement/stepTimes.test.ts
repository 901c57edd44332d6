import { describe, expect, it } from 'vitest';
import { summary } from '../../../src/engine/measurement/stepTimes';

const step = (seconds: number, tokens = 100) => ({ seconds, tokens });

describe('the times of steps', () => {
  it('leave out the first, which compiles, and take the median, which one slow step does not move', () => {
    expect(summary([step(9), step(0.3), step(0.1), step(7), step(0.2), step(0.4)])).toEqual({
      seconds: 0.3,
      fastest: 0.1,
      slowest: 7,
      steps: 5,
      firstSeconds: 9,
      tokens: 100,
    });
  });

  it('take the middle of the two in the middle of an even number', () => {
    expect(summary([step(1), step(0.25), step(0.5)]).seconds).toBe(0.375);
  });

  it('are none where only the first was made', () => {
    expect(() => summary([step(1)])).toThrow('no step was timed');
  });
});
