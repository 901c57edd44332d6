import { describe, expect, it } from 'vitest';
import type { TrainableParameter } from '../../../src/engine/adapters/adapterSet';
import { AdamW } from '../../../src/engine/training/adamW';
import { clipScale, gradientNorm } from '../../../src/engine/training/gradientClipping';
import { learningRate, warmupSteps } from '../../../src/engine/training/schedule';
import { runtime } from '../../support/evaluateGraph';

function parameter(values: number[], gradient: number[]): TrainableParameter {
  const data = Float32Array.from(values);
  const shape = [1, values.length] as const;
  return {
    name: 'p',
    parameter: 'M',
    shape,
    values: data,
    tensor: runtime.tensor(data, shape),
    gradient: Float32Array.from(gradient),
  };
}

describe('AdamW', () => {
  it('moves by the learning rate against the sign of the gradient at the first step, whatever its size', () => {
    const p = parameter([1, 1, 1], [1e-3, -5, 0]);
    new AdamW([p], { betas: [0.9, 0.999], epsilon: 1e-12, weightDecay: 0 }).update(1, 0.01, 1);
    expect([...p.values].map((value) => Number(value.toFixed(6)))).toEqual([0.99, 1.01, 1]);
  });

  it('decays values apart from the gradient', () => {
    const p = parameter([2], [0]);
    new AdamW([p], { betas: [0.9, 0.999], epsilon: 1e-8, weightDecay: 0.1 }).update(1, 0.5, 1);
    expect(p.values[0]).toBeCloseTo(2 * (1 - 0.05), 6);
  });
});

describe('an optimizer that is reset for some parameters', () => {
  const options = { betas: [0.9, 0.999], epsilon: 1e-8, weightDecay: 0 } as const;
  const named = (name: string): TrainableParameter => ({ ...parameter([1, 1], [0.3, -2]), name });

  it('goes on with them as if they began then, and with the others as if nothing had been', () => {
    const [merged, kept] = [named('merged'), named('kept')];
    const optimizer = new AdamW([merged, kept], options);
    for (const step of [1, 2, 3]) optimizer.update(step, 0.01, 1);
    merged.values.fill(1);
    optimizer.reset([merged], 3);
    const [fresh, straight] = [named('fresh'), named('straight')];
    const ofFresh = new AdamW([fresh], options);
    const ofStraight = new AdamW([straight], options);
    for (const step of [1, 2, 3]) ofStraight.update(step, 0.01, 1);
    for (const step of [4, 5]) {
      for (const { gradient } of [merged, kept, fresh, straight]) gradient.set([step, 0.1]);
      optimizer.update(step, 0.01, 1);
      ofFresh.update(step - 3, 0.01, 1);
      ofStraight.update(step, 0.01, 1);
    }
    expect(merged.values).toEqual(fresh.values);
    expect(kept.values).toEqual(straight.values);
  });
});

describe('LoRA+', () => {
  it('moves and decays B by its own rate, everything else by the rate itself', () => {
    const a = { ...parameter([1], [1]), name: 'a', parameter: 'A' as const };
    const b = { ...parameter([1], [1]), name: 'b', parameter: 'B' as const };
    const options = { betas: [0.9, 0.999], epsilon: 1e-12, weightDecay: 0.1, learningRateRatio: 8 } as const;
    new AdamW([a, b], options).update(1, 0.01, 1);
    expect(a.values[0]).toBeCloseTo(1 * (1 - 0.01 * 0.1) - 0.01, 6);
    expect(b.values[0]).toBeCloseTo(1 * (1 - 0.08 * 0.1) - 0.08, 6);
  });
});

describe('clipping', () => {
  it('takes the norm over all parameters together and scales only what is longer', () => {
    const both = [parameter([0], [3]), parameter([0], [4])];
    expect(gradientNorm(both)).toBe(5);
    expect(clipScale(5, 1)).toBeCloseTo(0.2, 6);
    expect(clipScale(0.5, 1)).toBe(1);
    expect(clipScale(5, 0)).toBe(1);
  });
});

describe('the schedule', () => {
  const options = { learningRate: 1, warmup: 0, schedule: 'cosine' as const };

  it('warms up linearly, without a step at 0, and then is at its peak', () => {
    const rates = [0, 1, 2, 3, 4].map((step) => learningRate(step, 100, { ...options, warmup: 4 }));
    expect(rates.map((rate) => Number(rate.toFixed(6)))).toEqual([0.2, 0.4, 0.6, 0.8, 1]);
  });

  it('takes a warm-up below 1 as a share of all steps', () => {
    expect(warmupSteps(0.03, 200)).toBe(6);
    expect(warmupSteps(10, 200)).toBe(10);
    expect(warmupSteps(500, 200)).toBe(200);
  });

  it('halves at the middle, by cosine and linearly, and stays constant when told so', () => {
    expect(learningRate(50, 100, options)).toBeCloseTo(0.5, 12);
    expect(learningRate(25, 100, { ...options, schedule: 'linear' })).toBeCloseTo(0.75, 12);
    expect(learningRate(99, 100, { ...options, schedule: 'constant' })).toBe(1);
    expect(learningRate(99, 100, options)).toBeGreaterThan(0);
  });
});
