import * as l10n from '@vscode/l10n';
import type { RunSnapshot } from '../../src/host/protocol/runPanel';
import { formatCount, formatDuration, formatValue } from '../shared/format';
import { STATE_TITLES } from './head';

/** Often enough to follow, seldom enough to work beside. */
const ANNOUNCE_EVERY_MS = 10_000;

/** What a screen reader says of the run, now and then. */
export class Announcer {
  text = '';
  private toldAt = -Infinity;

  tell(snapshot: RunSnapshot): void {
    if (performance.now() - this.toldAt < ANNOUNCE_EVERY_MS) return;
    this.toldAt = performance.now();
    this.text = announcement(snapshot);
  }
}

/** The run in one sentence for those who hear it. */
export function announcement({ facts, figures }: RunSnapshot): string {
  const parts = [
    STATE_TITLES[facts.state],
    l10n.t('step {0} of {1}', formatCount(facts.step), formatCount(facts.totalSteps)),
    l10n.t('training loss {0}', formatValue(figures.loss.last)),
  ];
  if (Number.isFinite(figures.validation.last)) {
    parts.push(l10n.t('validation loss {0}', formatValue(figures.validation.last)));
  }
  if (facts.state === 'running' && facts.secondsLeft !== null) {
    parts.push(l10n.t('{0} left', formatDuration(facts.secondsLeft)));
  }
  if (facts.problem !== null) parts.push(facts.problem.sentence);
  return `${parts.join(', ')}.`;
}
