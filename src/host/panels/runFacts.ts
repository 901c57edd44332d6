import * as l10n from '@vscode/l10n';
import { MORA_MODES } from '../../config/mode';
import type { Configuration } from '../../config/schema';
import { formatNumber } from '../../language/language';
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

/** "MoRA · Rotation · rank 8". */
export function describeMethod(adapter: Configuration['adapter']): string {
  switch (adapter.method) {
    case 'mora':
      return l10n.t('MoRA · {0} · rank {1}', l10n.t(MORA_MODES[adapter.mode].title), adapter.rank);
    case 'lora':
      return l10n.t('LoRA · rank {0}', adapter.rank);
    case 'full':
      return l10n.t('Full fine-tuning');
  }
}

function problem(source: RunSource): RunFacts['problem'] {
  const checkpoint = source.checkpoints.at(-1);
  const goOn =
    checkpoint === undefined
      ? l10n.t('Mend the cause and start the run again.')
      : l10n.t('Mend the cause, then resume from the checkpoint of step {0}.', formatNumber(checkpoint));
  switch (source.state) {
    case 'failed':
      return { sentence: source.status?.error ?? l10n.t('The run failed; the log tells why.'), advice: goOn };
    case 'interrupted':
      return {
        sentence: l10n.t('The process that trained this run is gone; it was killed or the machine went down.'),
        advice:
          checkpoint === undefined
            ? l10n.t('It left no checkpoint; start the run again.')
            : l10n.t('Resume from the checkpoint of step {0}; nothing before it is lost.', formatNumber(checkpoint)),
      };
    case 'unknown':
      if (source.isGone) {
        return {
          sentence: l10n.t('The directory of this run is gone; it was deleted or moved.'),
          advice: l10n.t('What is shown was read before. Export it to keep it.'),
        };
      }
      if (source.newerVersion !== undefined) {
        return {
          sentence: l10n.t(
            'A newer MoRA Studio wrote this run (status.json of version {0}; this one reads {1}).',
            source.newerVersion,
            STATUS_VERSION,
          ),
          advice: l10n.t(
            'Its curves are shown as far as they can be read, and it takes no orders from here. Update MoRA Studio.',
          ),
        };
      }
      return {
        sentence: l10n.t('There is no status of this run that this version can read.'),
        advice: l10n.t('It may not have started yet, or its status.json is damaged.'),
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
      ? l10n.t('Set "clipNorm" to 1 and lower "learningRate".')
      : training === undefined
        ? l10n.t('Lower "learningRate" or lengthen "warmup".')
        : l10n.t('Lower "learningRate" (now {0}) or lengthen "warmup".', training.learningRate);
  return {
    sentence: l10n.t('The loss is not a number since step {0}.', formatNumber(series.firstLossless)),
    advice: mend,
  };
}
