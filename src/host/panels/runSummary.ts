import type { RunSummary } from '../protocol/runPanel';
import { describeMethod } from './runFacts';
import type { RunSource } from './runSource';

/** Where a run stands, for the table that compares it with others; `smoothing` is the weight of the moving average. */
export function runSummary(source: RunSource, smoothing: number): RunSummary {
  const { series, status, configuration } = source;
  const { step, tokens, seconds } = series.steps;
  const best = series.validationLoss.least();
  return {
    method: configuration === undefined ? '' : describeMethod(configuration.adapter),
    state: source.state,
    step: step.last(),
    tokens: tokens.last(),
    seconds: seconds.last(),
    loss: series.loss.values.last(),
    smoothed: smoothing > 0 ? series.smoothedLoss(smoothing).values.last() : NaN,
    validation: series.validationLoss.values.last(),
    bestValidation: best === undefined ? NaN : series.validationLoss.values.at(best),
    bestValidationStep: best === undefined ? NaN : series.evaluations.step.at(best),
    accuracy: series.accuracy.values.last(),
    tokensPerSecond: seconds.last() > 0 ? tokens.last() / seconds.last() : NaN,
    peakBytes: series.residentBytes.greatest(),
    trainableParameters: status?.trainableParameters ?? NaN,
  };
}
