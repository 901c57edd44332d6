import type { EvaluationMetric, StepMetric } from '../run/metrics';
import type { RunStatus } from '../run/status';
import { progressBar, sparkline } from './bars';
import { count, duration, loss, rate } from './figures';
import { paint, type Terminal } from './terminal';

/** What is known of a run while it goes. */
export interface TrainProgress {
  /** What the run is called on the screen. */
  readonly title: string;
  readonly status: RunStatus;
  readonly step?: StepMetric | undefined;
  readonly evaluation?: EvaluationMetric | undefined;
  /** Finite training losses so far, for the little curve. */
  readonly losses: readonly number[];
}

const MAX_BAR = 40;
const CURVE = 24;

/** One line that stands for itself, for logs. */
export function plainLine({ status, step, evaluation }: TrainProgress): string {
  if (step === undefined) return status.activity ?? status.state;
  return [`step ${step.step}/${status.totalSteps}`, ...figuresOf(step, evaluation), timeLeft(status)]
    .filter((part) => part !== '')
    .join('  ');
}

/** The lines that are rewritten in place while a run goes. */
export function liveBlock(progress: TrainProgress, terminal: Terminal): string {
  const { title, status, step, evaluation, losses } = progress;
  const state = status.activity ?? status.state;
  // status.json is replaced twice a second; the metrics are ahead of it.
  const done = Math.max(status.step, step?.step ?? 0);
  const share = status.totalSteps > 0 ? done / status.totalSteps : 0;
  const bar = progressBar(share, Math.max(10, Math.min(MAX_BAR, terminal.columns - 50)));
  const position = `${Math.floor(share * 100)} %  step ${done}/${status.totalSteps || '?'}`;
  const lines = [
    `${paint(terminal, 'bold', title)}  ${paint(terminal, 'dim', state)}`,
    [paint(terminal, 'cyan', bar), position, timeLeft(status)].filter((part) => part !== '').join('  '),
  ];
  if (step !== undefined) {
    lines.push(figuresOf(step, evaluation).join('  '));
    if (losses.length > 1) lines.push(paint(terminal, 'cyan', sparkline(losses, CURVE)));
  }
  return lines.join('\n');
}

function figuresOf(step: StepMetric, evaluation: EvaluationMetric | undefined): string[] {
  return [
    `loss ${loss(step.loss)}`,
    ...(evaluation === undefined ? [] : [`validation ${loss(evaluation.loss)}`]),
    `learning rate ${rate(step.learningRate)}`,
    ...(step.tokensPerSecond === null ? [] : [`${count(step.tokensPerSecond)} tokens/s`]),
  ];
}

function timeLeft({ secondsLeft }: RunStatus): string {
  return secondsLeft === null ? '' : `${duration(secondsLeft)} left`;
}
