import type { TrainingConfiguration } from '../../config/schema';

type ScheduleOptions = Pick<TrainingConfiguration, 'schedule' | 'warmup'> & {
  /** Peak. */
  readonly learningRate: number;
};

/** Steps of linear warm-up: a share of all steps below 1, else a count. */
export function warmupSteps(warmup: number, totalSteps: number): number {
  return Math.min(totalSteps, Math.round(warmup < 1 ? warmup * totalSteps : warmup));
}

/**
 * Learning rate of optimizer step `step` (from 0) of `totalSteps`. Warm-up rises linearly and no step is wasted at 0;
 * linear and cosine fall from the peak after warm-up towards 0, which the step after the last would reach.
 */
export function learningRate(step: number, totalSteps: number, options: ScheduleOptions): number {
  const peak = options.learningRate;
  const warmup = warmupSteps(options.warmup, totalSteps);
  if (step < warmup) return (peak * (step + 1)) / (warmup + 1);
  const progress = (step - warmup) / Math.max(1, totalSteps - warmup);
  switch (options.schedule) {
    case 'constant':
      return peak;
    case 'linear':
      return peak * (1 - progress);
    case 'cosine':
      return peak * 0.5 * (1 + Math.cos(Math.PI * progress));
  }
}
