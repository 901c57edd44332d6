import { describe, expect, it } from 'vitest';
import { scheduleShare, warmupSteps } from '../../../webview/form/schedule';

describe('the sparkline of the learning rate', () => {
  it('warms up linearly to the peak, then falls to zero', () => {
    const at = (step: number): number => scheduleShare('cosine', step, 110, 10);
    expect([at(0), at(5), at(10)]).toEqual([0, 0.5, 1]);
    expect(at(60)).toBeCloseTo(0.5);
    expect(at(110)).toBeCloseTo(0);
    expect(scheduleShare('linear', 60, 110, 10)).toBeCloseTo(0.5);
    expect(scheduleShare('constant', 110, 110, 10)).toBe(1);
  });

  it('takes a share of the steps below 1 and a number from 1 on', () => {
    expect([warmupSteps(0.03, 200), warmupSteps(1, 200), warmupSteps(0, 200)]).toEqual([6, 1, 0]);
  });
});
