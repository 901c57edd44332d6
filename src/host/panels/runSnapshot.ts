import { liveEnd, liveSpan } from '../protocol/liveAxis';
import type { Axis, Figure, Readout, RunCurves, RunFigures, RunSnapshot, RunView } from '../protocol/runPanel';
import { epochMarks, mergeSteps, stepMarks } from './runMarks';
import { runFacts } from './runFacts';
import { runLabels } from './runLabels';
import { runSummary } from './runSummary';
import type { RunSource } from './runSource';
import type { Column } from './series/column';
import type { RunSeries } from './series/runSeries';
import type { Series, Span } from './series/series';

/** Pixel columns of the little curve beside a figure. */
const TREND_COLUMNS = 48;

/** Everything the panel shows when it looks at `view`; the run itself is the first of `sources`. */
export function runSnapshot(source: RunSource, overlays: readonly RunSource[], view: RunView): RunSnapshot {
  const shown = [source, ...overlays];
  const extent = extentOf(shown, view.axis);
  const labels = runLabels(shown);
  const newest = endOf(source.series, view.axis);
  const grows = shown.some(({ isLive }) => isLive);
  const span = spanOf(view, extent, newest, grows);
  return {
    facts: runFacts(source),
    figures: figures(source.series),
    axis: view.axis,
    extent,
    newest,
    span,
    checkpoints: stepMarks(source, source.checkpoints, view.axis),
    merges: stepMarks(source, mergeSteps(source), view.axis),
    epochs: epochMarks(source.series, view.axis, span),
    sampleBytes: source.sampleBytes,
    runs: shown.map((run, index) => curves(run, labels[index] ?? run.name, view, span)),
  };
}

/** Exact values of a run at the step nearest to `x`; undefined before its first. */
export function readout(source: RunSource, axis: Axis, x: number, smoothing: number): Readout | undefined {
  const { series } = source;
  const index = series.steps[axis].nearest(x);
  if (index < 0) return undefined;
  const evaluation = series.evaluations[axis].nearest(x);
  return {
    root: source.root,
    step: series.steps.step.at(index),
    epoch: series.steps.epoch.at(index),
    tokens: series.steps.tokens.at(index),
    seconds: series.steps.seconds.at(index),
    loss: series.loss.values.at(index),
    smoothed: smoothing > 0 ? series.smoothedLoss(smoothing).values.at(index) : NaN,
    validation:
      evaluation < 0
        ? null
        : {
            step: series.evaluations.step.at(evaluation),
            loss: series.validationLoss.values.at(evaluation),
            accuracy: series.accuracy.values.at(evaluation),
          },
    learningRate: series.learningRate.values.at(index),
    gradNorm: series.gradNorm.values.at(index),
    tokensPerSecond: series.tokensPerSecond.values.at(index),
    residentBytes: series.residentBytes.values.at(index),
  };
}

function curves(source: RunSource, name: string, view: RunView, span: Span): RunCurves {
  const { series } = source;
  const x = series.steps[view.axis];
  const small = (figure: Series) => figure.window(x, span, view.smallColumns);
  return {
    root: source.root,
    name,
    summary: runSummary(source, view.smoothing),
    loss: series.loss.window(x, span, view.columns),
    ...(view.smoothing > 0 && { smoothed: series.smoothedLoss(view.smoothing).window(x, span, view.columns) }),
    validation: series.validationLoss.window(series.evaluations[view.axis], span, view.columns),
    learningRate: small(series.learningRate),
    gradNorm: small(series.gradNorm),
    tokensPerSecond: small(series.tokensPerSecond),
    residentBytes: small(series.residentBytes),
  };
}

function figures(series: RunSeries): RunFigures {
  const { step } = series.steps;
  return {
    loss: figure(series.loss, step, true),
    validation: figure(series.validationLoss, series.evaluations.step, true),
    learningRate: figure(series.learningRate, step, false),
    gradNorm: figure(series.gradNorm, step, false),
    tokensPerSecond: figure(series.tokensPerSecond, step, false),
    residentBytes: figure(series.residentBytes, step, false),
  };
}

function figure(series: Series, step: Column, hasBest: boolean): Figure {
  const whole = { from: step.at(0), to: step.last() };
  const least = hasBest ? series.least() : undefined;
  return {
    last: series.values.last(),
    ...(least !== undefined && { best: { value: series.values.at(least), step: step.at(least) } }),
    trend: series.window(step, whole, TREND_COLUMNS),
  };
}

function extentOf(sources: readonly RunSource[], axis: Axis): Span {
  const started = sources.filter(({ series }) => series.steps[axis].length > 0);
  if (started.length === 0) return { from: 0, to: 1 };
  return {
    from: Math.min(...started.map(({ series }) => series.steps[axis].at(0))),
    to: Math.max(...started.map(({ series }) => endOf(series, axis))),
  };
}

/** Newest place on the axis; an evaluation may come after the last step. */
function endOf(series: RunSeries, axis: Axis): number {
  const ends = [series.steps[axis], series.evaluations[axis]].filter(({ length }) => length > 0);
  return Math.max(0, ...ends.map((column) => column.last()));
}

function spanOf({ range }: RunView, { from, to }: Span, newest: number, grows: boolean): Span {
  switch (range.kind) {
    case 'all':
      if (from >= to) return { from: from - 0.5, to: from + 0.5 };
      return { from, to: grows ? liveEnd(to, to - from) : to };
    case 'trailing':
      return liveSpan(newest, range.width);
    case 'fixed':
      return range.from < range.to ? range : { from, to };
  }
}
