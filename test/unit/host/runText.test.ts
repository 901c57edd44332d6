import { describe, expect, it } from 'vitest';
import {
  describeInStatusBar,
  describeProgress,
  formatDuration,
  formatLoss,
  spokenRun,
} from '../../../src/host/runs/runText';
import { runStatus } from '../../support/runStatus';

const STATUS = runStatus({
  step: 120,
  totalSteps: 200,
  epoch: 0.5,
  loss: 1.3721,
  tokensPerSecond: 900,
  secondsLeft: 12.3,
  trainableParameters: 36_864,
  checkpointStep: 100,
});

describe('how a run is worded', () => {
  it('while it runs', () => {
    expect(describeProgress(STATUS, 'running')).toBe('step 120/200 · loss 1.372 · 12 s left');
    expect(describeInStatusBar(STATUS, 'running')).toBe('MoRA 120/200 · 1.372 · 12 s');
    expect(spokenRun('pronounce', STATUS, 'running')).toBe(
      'pronounce, running, step 120 of 200, loss 1.372, 12 s left',
    );
  });

  it('with steps in groups of digits, as the panel has them', () => {
    const long = { ...STATUS, step: 277_000, totalSteps: 1_000_000 };
    expect(describeProgress(long, 'running')).toContain('step 277,000/1,000,000 ·');
    expect(describeProgress(long, 'interrupted')).toContain('interrupted at 277,000/1,000,000');
    expect(describeInStatusBar(long, 'running')).toContain('MoRA 277,000/1,000,000 ·');
    expect(spokenRun('long', long, 'running')).toContain('step 277,000 of 1,000,000');
  });

  it('before its first step there is no loss to show', () => {
    const first = { ...STATUS, step: 0, loss: null, secondsLeft: null };
    expect(describeProgress({ ...first, activity: 'reading the model' }, 'starting')).toBe('reading the model');
    expect(describeInStatusBar(first, 'running')).toBe('MoRA 0/200');
  });

  it('a loss of NaN is said, not hidden', () => {
    expect(describeProgress({ ...STATUS, loss: null }, 'running')).toContain('loss not finite');
  });

  it('at its end', () => {
    expect(describeProgress({ ...STATUS, step: 200, validationLoss: 1.5 }, 'finished')).toBe(
      '200 steps · loss 1.372 · validation 1.500',
    );
    expect(describeProgress({ ...STATUS, error: 'out of memory' }, 'failed')).toBe('failed at 120/200 · out of memory');
    expect(describeProgress(STATUS, 'interrupted')).toBe('interrupted at 120/200 · loss 1.372');
  });

  it('durations in two units at most, losses by three decimals', () => {
    expect([0, 99, 100, 5400, 9000, 360_000].map(formatDuration)).toEqual([
      '0 s',
      '99 s',
      '2 min',
      '90 min',
      '2 h 30 min',
      '4 d 4 h',
    ]);
    expect([9.5223, 12.34, 0.0042, 0].map(formatLoss)).toEqual(['9.522', '12.3', '4.2e-3', '0.000']);
  });
});
