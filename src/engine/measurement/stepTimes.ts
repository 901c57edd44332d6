import type { StepMeasurement } from '../rpc/measurement';

export interface TimedStep {
  readonly seconds: number;
  readonly tokens: number;
}

/** What the steps after the first took; the first compiles, and is told apart. Throws without at least two. */
export function summary([first, ...timed]: readonly TimedStep[]): Omit<
  StepMeasurement,
  'totalSteps' | 'device' | 'peakBytes'
> {
  const seconds = timed.map((step) => step.seconds).sort((a, b) => a - b);
  const [fastest] = seconds;
  const slowest = seconds.at(-1);
  if (first === undefined || fastest === undefined || slowest === undefined) throw new Error('no step was timed');
  return {
    seconds: median(seconds),
    fastest,
    slowest,
    steps: timed.length,
    firstSeconds: first.seconds,
    tokens: Math.round(timed.reduce((sum, { tokens }) => sum + tokens, 0) / timed.length),
  };
}

/** Of values in order; of an even number the mean of the two in the middle. */
function median(sorted: readonly number[]): number {
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? NaN) + (sorted[Math.ceil(middle)] ?? NaN)) / 2;
}
