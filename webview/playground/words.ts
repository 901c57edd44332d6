import * as l10n from '@vscode/l10n';
import type { Answer, AnswerFigures, Exchange, ParticipantFacts } from '../../src/host/protocol/playground';
import { counted } from '../../src/language/counted';
import { formatCount } from '../shared/format';

const REASONS: Readonly<Record<AnswerFigures['reason'], string>> = {
  end: l10n.t('ended by the model'),
  stop: l10n.t('ended at a stop string'),
  length: l10n.t('cut at the token limit'),
};

/** "12 tokens, 118 tokens/s, ended by the model". */
export function figuresText({ tokens, seconds, reason }: AnswerFigures): string {
  // The first token comes with the prompt.
  const speed = tokens > 1 && seconds > 0 ? [l10n.t('{0} tokens/s', formatCount((tokens - 1) / seconds))] : [];
  return [count(tokens), ...speed, REASONS[reason]].join(' · ');
}

/** What a screen reader hears when both have ended. */
export function announcement({ names, answers }: Exchange): string {
  return answers.map((answer, side) => `${names[side] ?? l10n.t('Model')}: ${ending(answer)}.`).join(' ');
}

function ending(answer: Answer): string {
  switch (answer.state) {
    case 'done':
      return answer.figures === null
        ? l10n.t('done')
        : `${count(answer.figures.tokens)}, ${REASONS[answer.figures.reason]}`;
    case 'failed':
      return l10n.t('failed, {0}', answer.problem ?? l10n.t('for no known reason')).replace(/\.$/, '');
    case 'stopped':
      return answer.text === '' ? l10n.t('stopped before its first word') : l10n.t('stopped');
    case 'waiting':
    case 'answering':
      return l10n.t('not done');
  }
}

/** What stands in the place of a text that has not begun. */
export function waitingText(answer: Answer, exchange: Exchange, side: number): string {
  if (answer.state === 'answering') return answer.activity === null ? '' : `${capital(answer.activity)}…`;
  if (side === 0) return l10n.t('Waiting…');
  const [first] = exchange.names;
  return first === undefined ? l10n.t('Answers after the other') : l10n.t('Answers after {0}', first);
}

/** Why a chat is not to be had; undefined where it is, or where that is not known yet. */
export function chatProblem(participants: readonly ParticipantFacts[]): string | undefined {
  const without = participants.find(({ chat }) => chat === false);
  return without && l10n.t('{0} has no chat template, so it continues texts only.', without.name);
}

function count(tokens: number): string {
  return counted(tokens, l10n.t('{0} token'), l10n.t('{0} tokens'));
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
