import type { RunSnapshot } from '../../src/host/protocol/runPanel';
import { formatCount, formatDuration, formatValue } from '../shared/format';
import { STATE_TITLES } from './head';

/** The run in one sentence for those who hear it. */
export function announcement({ facts, figures }: RunSnapshot): string {
  const parts = [
    `${STATE_TITLES[facts.state]}, step ${formatCount(facts.step)} of ${formatCount(facts.totalSteps)}`,
    `training loss ${formatValue(figures.loss.last)}`,
  ];
  if (Number.isFinite(figures.validation.last)) parts.push(`validation loss ${formatValue(figures.validation.last)}`);
  if (facts.state === 'running' && facts.secondsLeft !== null) parts.push(`${formatDuration(facts.secondsLeft)} left`);
  if (facts.problem !== null) parts.push(facts.problem.sentence);
  return `${parts.join(', ')}.`;
}
