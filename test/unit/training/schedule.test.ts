import { describe, expect, it } from 'vitest';
import { learningRate } from '../../../src/engine/training/schedule';

const rounded = (value: number): number => Number(value.toPrecision(3));

// Figures of the official ReMoRA code, simulated: 1000 steps, a merge every 200, peak 5e-4, 100 steps of warm-up.
const STEPS = 1000;
const remora = (
  schedule: 'jagged' | 'cosine',
  change: { restartWarmup?: number; schedule?: 'linear' | 'constant' } = {},
) => ({
  learningRate: 5e-4,
  warmup: 100,
  schedule: change.schedule ?? ('cosine' as const),
  remora: {
    mergeEvery: 200,
    restartWarmup: change.restartWarmup ?? 50,
    schedule,
    regroup: 'permutation' as const,
  },
});

describe('the schedule of ReMoRA, a cosine from merge to merge', () => {
  const at = (step: number): number => learningRate(step, STEPS, remora('cosine'));

  it('comes back after each warm-up to where the last cosine ended', () => {
    expect([250, 450, 850].map((step) => rounded(at(step)))).toEqual([4.85e-4, 4.39e-4, 2.22e-4]);
  });

  it('does not jump to the full rate in the first step after a merge, when the optimizer knows nothing', () => {
    // The official code runs steps 200, 400, … at the rates above and begins its warm-up only with the next step.
    for (const merged of [200, 400, 600, 800]) {
      const after = at(merged + 50);
      expect(at(merged) / after).toBeCloseTo(1 / 51, 10);
      expect(at(merged + 24) / after).toBeCloseTo(25 / 51, 10);
    }
  });

  it('is the plain cosine before the first merge', () => {
    for (const step of [0, 50, 99, 100, 150, 199]) {
      expect(at(step)).toBe(learningRate(step, STEPS, { learningRate: 5e-4, warmup: 100, schedule: 'cosine' }));
    }
  });

  it('falls from step to step after each warm-up', () => {
    for (let step = 251; step < 400; step++) expect(at(step)).toBeLessThan(at(step - 1));
  });
});

describe('the jagged schedule of ReLoRA', () => {
  const at = (step: number): number => learningRate(step, STEPS, remora('jagged'));
  /** E(s) = 0.1 + 0.9 · ½(1 + cos(π (s − W)/(N − W))) times the peak. */
  const envelope = (step: number): number => 5e-4 * (0.1 + 0.45 * (1 + Math.cos((Math.PI * (step - 100)) / 900)));

  it('follows one cosine down to a tenth over the whole run', () => {
    for (const step of [100, 199, 250, 399, 999]) expect(at(step)).toBeCloseTo(envelope(step), 12);
    expect(learningRate(99, STEPS, remora('jagged'))).toBeCloseTo((5e-4 * 100) / 101, 12);
  });

  it('rises after each merge to where the cosine is by then, from a rate above 0', () => {
    for (const merged of [200, 400, 600, 800]) {
      for (const since of [0, 1, 25, 49]) {
        expect(at(merged + since)).toBeCloseTo((envelope(merged + 50) * (since + 1)) / 51, 12);
      }
    }
  });

  it('counts the steps up to the end of the last merge period, as ReLoRA does', () => {
    expect(learningRate(500, 900, remora('jagged'))).toBe(at(500));
  });

  it('goes down linearly, or not at all, where the run does', () => {
    expect(learningRate(550, STEPS, remora('jagged', { schedule: 'linear' }))).toBeCloseTo(
      5e-4 * (0.1 + 0.9 * 0.5),
      12,
    );
    expect(learningRate(550, STEPS, remora('jagged', { schedule: 'constant' }))).toBe(5e-4);
  });

  it('goes on at once where no warm-up is wanted', () => {
    expect(learningRate(200, STEPS, remora('jagged', { restartWarmup: 0 }))).toBeCloseTo(envelope(200), 12);
  });
});
