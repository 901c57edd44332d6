import type { Axis, RunSnapshot, StepMark } from '../protocol/runPanel';
import type { RunSource } from './runSource';
import type { RunSeries } from './series/runSeries';
import type { Span } from './series/series';

/** More marks than this are a hatching that says nothing. */
const MOST_EPOCHS = 24;
const MOST_MERGES = 500;

export function stepMarks({ series }: RunSource, steps: readonly number[], axis: Axis): StepMark[] {
  return steps.map((step) => ({ step, x: series.placeOf(step, axis) }));
}

/** The steps after which the run merged: it does so before the step that follows on every `mergeEvery` steps. */
export function mergeSteps({ configuration, series }: RunSource): number[] {
  const every = configuration?.training.remora?.mergeEvery;
  const { step } = series.steps;
  if (every === undefined || step.length === 0) return [];
  const count = Math.max(0, Math.ceil(step.last() / every) - 1);
  const from = Math.max(0, count - MOST_MERGES);
  return Array.from({ length: count - from }, (_, index) => (from + index + 1) * every);
}

/** Where passes over the data end within `span`; where there are many, every second, fifth, tenth … of them. */
export function epochMarks({ steps }: RunSeries, axis: Axis, span: Span): RunSnapshot['epochs'] {
  const { epoch } = steps;
  if (epoch.length === 0) return [];
  const place = steps[axis];
  const first = Math.max(1, Math.floor(epoch.at(place.lowerBound(span.from))) || 1);
  const last = Math.floor(epoch.at(Math.min(place.upperBound(span.to), epoch.length) - 1) || 0);
  const every = roundStep((last - first + 1) / MOST_EPOCHS);
  const marks: { epoch: number; x: number }[] = [];
  for (let number = Math.ceil(first / every) * every; number <= last; number += every) {
    marks.push({ epoch: number, x: place.at(epoch.lowerBound(number)) });
  }
  return marks;
}

/** 1, 2, 5, 10, 20, …: the first that is not below. */
function roundStep(least: number): number {
  for (let power = 1; ; power *= 10) {
    for (const step of [power, 2 * power, 5 * power]) if (step >= least) return step;
  }
}
