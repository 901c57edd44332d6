import { MORA_MODES } from '../../config/mode';
import type { Configuration } from '../../config/schema';
import { STATUS_VERSION } from '../../run/status';
import type { RunFacts } from '../protocol/runPanel';
import type { RunSource } from './runSource';

/** What the head of the run panel says about a run. */
export function runFacts(source: RunSource): RunFacts {
  const { status, series } = source;
  const { step, epoch, seconds } = series.steps;
  const counted = step.length > 0;
  return {
    root: source.root,
    name: source.name,
    method: source.configuration === undefined ? '' : describeMethod(source.configuration.adapter),
    state: source.state,
    problem: problem(source),
    activity: status?.activity ?? null,
    step: Math.max(status?.step ?? 0, counted ? step.last() : 0),
    totalSteps: status?.totalSteps ?? 0,
    epoch: counted ? epoch.last() : (status?.epoch ?? 0),
    elapsedSeconds: counted ? seconds.last() : 0,
    secondsLeft: status?.secondsLeft ?? null,
    trainableParameters: status?.trainableParameters ?? 0,
    checkpointStep: source.checkpoints.at(-1) ?? status?.checkpointStep ?? null,
    points: step.length,
  };
}

/** "MoRA · rotation · rank 8". */
export function describeMethod(adapter: Configuration['adapter']): string {
  switch (adapter.method) {
    case 'mora':
      return `MoRA · ${MORA_MODES[adapter.mode].title.toLowerCase()} · rank ${adapter.rank}`;
    case 'lora':
      return `LoRA · rank ${adapter.rank}`;
    case 'full':
      return 'Full fine-tuning';
  }
}

function problem(source: RunSource): RunFacts['problem'] {
  const checkpoint = source.checkpoints.at(-1);
  const goOn =
    checkpoint === undefined
      ? 'Mend the cause and start the run again.'
      : `Mend the cause, then resume from the checkpoint of step ${checkpoint}.`;
  switch (source.state) {
    case 'failed':
      return { sentence: source.status?.error ?? 'The run failed; the log tells why.', advice: goOn };
    case 'interrupted':
      return {
        sentence: 'The process that trained this run is gone; it was killed or the machine went down.',
        advice:
          checkpoint === undefined
            ? 'It left no checkpoint; start the run again.'
            : `Resume from the checkpoint of step ${checkpoint}; nothing before it is lost.`,
      };
    case 'unknown':
      if (source.isGone) {
        return {
          sentence: 'The directory of this run is gone; it was deleted or moved.',
          advice: 'What is shown was read before. Export it to keep it.',
        };
      }
      if (source.newerVersion !== undefined) {
        return {
          sentence: `A newer MoRA Studio wrote this run (status.json of version ${source.newerVersion}; this one reads ${STATUS_VERSION}).`,
          advice:
            'Its curves are shown as far as they can be read, and it takes no orders from here. Update MoRA Studio.',
        };
      }
      return {
        sentence: 'There is no status of this run that this version can read.',
        advice: 'It may not have started yet, or its status.json is damaged.',
      };
    default:
      return lossProblem(source);
  }
}

function lossProblem({ series, configuration }: RunSource): RunFacts['problem'] {
  if (series.firstLossless === undefined) return null;
  const training = configuration?.training;
  const mend =
    training?.clipNorm === 0
      ? 'Set "clipNorm" to 1 and lower "learningRate".'
      : `Lower "learningRate"${training === undefined ? '' : ` (now ${training.learningRate})`} or lengthen "warmup".`;
  return { sentence: `The loss is not a number since step ${series.firstLossless}.`, advice: mend };
}
