import type { EvaluationMetric, Metric, StepMetric } from '../../../run/metrics';
import type { Axis } from '../../protocol/runPanel';
import { Column } from './column';
import { Series } from './series';
import { SmoothedSeries } from './smoothing';

/** The places of a list of points on every x-axis. */
export type Places = Readonly<Record<Axis, Column>>;

const places = (): Places => ({ step: new Column(), epoch: new Column(), tokens: new Column(), seconds: new Column() });

/** Everything that metrics.jsonl tells of a run, in columns. */
export class RunSeries {
  /** Of optimizer steps. */
  readonly steps = places();
  readonly loss = new Series();
  readonly learningRate = new Series();
  readonly gradNorm = new Series();
  readonly tokensPerSecond = new Series();
  readonly residentBytes = new Series();
  /** Of evaluations. */
  readonly evaluations = places();
  readonly validationLoss = new Series();
  readonly accuracy = new Series();
  /** First step with a loss that is no number. */
  firstLossless: number | undefined;

  private smoothed: SmoothedSeries | undefined;

  /** Takes a line in. False when its step is not new: the file was rewritten and must be read again from the start. */
  append(metric: Metric): boolean {
    return metric.kind === 'step' ? this.appendStep(metric) : this.appendEvaluation(metric);
  }

  clear(): void {
    for (const column of [...Object.values(this.steps), ...Object.values(this.evaluations)]) column.clear();
    for (const series of [this.loss, this.learningRate, this.gradNorm, this.tokensPerSecond, this.residentBytes]) {
      series.clear();
    }
    this.validationLoss.clear();
    this.accuracy.clear();
    this.firstLossless = undefined;
    this.smoothed = undefined;
  }

  /** Training loss averaged with weight w; kept for the next call with the same. */
  smoothedLoss(weight: number): Series {
    if (this.smoothed?.weight !== weight) this.smoothed = new SmoothedSeries(this.loss.values, weight);
    return this.smoothed.current();
  }

  /** Where a step is on another axis: its own place, or that of the last step before it. */
  placeOf(step: number, axis: Axis): number {
    if (axis === 'step') return step;
    const index = this.steps.step.upperBound(step) - 1;
    return index < 0 ? 0 : this.steps[axis].at(index);
  }

  private appendStep(metric: StepMetric): boolean {
    const { step, epoch, tokens, seconds } = this.steps;
    if (metric.step <= step.last()) return false;
    step.push(metric.step);
    epoch.push(metric.epoch);
    tokens.push(metric.tokens + (tokens.length === 0 ? 0 : tokens.last()));
    // A resumed run may count its seconds anew; an axis never falls.
    seconds.push(Math.max(metric.seconds, seconds.length === 0 ? 0 : seconds.last()));
    this.loss.push(metric.loss ?? NaN);
    this.learningRate.push(metric.learningRate);
    this.gradNorm.push(metric.gradNorm ?? NaN);
    this.tokensPerSecond.push(metric.tokensPerSecond ?? NaN);
    this.residentBytes.push(metric.residentBytes);
    if (metric.loss === null) this.firstLossless ??= metric.step;
    return true;
  }

  private appendEvaluation(metric: EvaluationMetric): boolean {
    const { step, epoch, tokens, seconds } = this.evaluations;
    if (metric.step <= step.last()) return false;
    step.push(metric.step);
    epoch.push(this.placeOf(metric.step, 'epoch'));
    tokens.push(this.placeOf(metric.step, 'tokens'));
    seconds.push(this.placeOf(metric.step, 'seconds'));
    this.validationLoss.push(metric.loss ?? NaN);
    this.accuracy.push(metric.accuracy ?? NaN);
    return true;
  }
}
