import type { TrainingConfiguration } from '../../config/schema';

type Shape = TrainingConfiguration['schedule'];

type ScheduleOptions = Pick<TrainingConfiguration, 'schedule' | 'warmup'> & {
  /** Peak. */
  readonly learningRate: number;
  readonly remora?: TrainingConfiguration['remora'];
};

/** What the envelope of ReLoRA's jagged schedule falls to, as a share of the peak. */
const JAGGED_FLOOR = 0.1;

/** Steps of linear warm-up: a share of all steps below 1, else a count. */
export function warmupSteps(warmup: number, totalSteps: number): number {
  return Math.min(totalSteps, Math.round(warmup < 1 ? warmup * totalSteps : warmup));
}

/**
 * Learning rate of optimizer step `step` (from 0) of `totalSteps`. Warm-up rises linearly and no step is wasted at 0;
 * linear and cosine fall from the peak after warm-up towards 0, which the step after the last would reach. With merges
 * (ReMoRA) it rises anew after each.
 */
export function learningRate(step: number, totalSteps: number, options: ScheduleOptions): number {
  const { schedule, remora, learningRate: peak } = options;
  const warmup = warmupSteps(options.warmup, totalSteps);
  if (step < warmup) return peak * rising(step, warmup);
  if (remora === undefined || remora === null) {
    return peak * shape(schedule, (step - warmup) / Math.max(1, totalSteps - warmup));
  }
  const { mergeEvery, restartWarmup } = remora;
  switch (remora.schedule) {
    case 'jagged': {
      const merged = Math.floor(step / mergeEvery) * mergeEvery;
      const last = Math.ceil(totalSteps / mergeEvery) * mergeEvery;
      const envelope = (at: number): number =>
        JAGGED_FLOOR + (1 - JAGGED_FLOOR) * shape(schedule, (at - warmup) / Math.max(1, last - warmup));
      const since = step - merged;
      return merged > 0 && since < restartWarmup
        ? peak * rising(since, restartWarmup) * envelope(Math.min(last, merged + restartWarmup))
        : peak * envelope(step);
    }
    case 'cosine':
      return peak * chainedCosines(step, totalSteps, warmup, mergeEvery, restartWarmup);
  }
}

/**
 * Share of the peak when each merge begins a cosine of its own over the steps that are left, from where the last one
 * ended (the default of the official ReMoRA code). That code runs the first step after a merge at the full rate, with an
 * optimizer that knows nothing yet, and warms up only from the second; here the warm-up begins with the first.
 */
function chainedCosines(
  step: number,
  totalSteps: number,
  warmup: number,
  mergeEvery: number,
  restartWarmup: number,
): number {
  const cosine = (since: number, before: number, left: number): number =>
    shape('cosine', Math.max(0, since - before) / Math.max(1, left - before));
  if (step < mergeEvery) return cosine(step, warmup, totalSteps);
  let height = cosine(mergeEvery, warmup, totalSteps);
  let merged = mergeEvery;
  for (; merged + mergeEvery <= step; merged += mergeEvery) {
    height *= cosine(mergeEvery, restartWarmup, totalSteps - merged);
  }
  const since = step - merged;
  return (
    height * (since < restartWarmup ? rising(since, restartWarmup) : cosine(since, restartWarmup, totalSteps - merged))
  );
}

/** Share of the peak in step `step` (from 0) of a warm-up. */
function rising(step: number, warmup: number): number {
  return (step + 1) / (warmup + 1);
}

/** Share of the peak at `progress` (0 to 1) of what follows the warm-up. */
function shape(schedule: Shape, progress: number): number {
  switch (schedule) {
    case 'constant':
      return 1;
    case 'linear':
      return 1 - progress;
    case 'cosine':
      return 0.5 * (1 + Math.cos(Math.PI * progress));
  }
}
