import type { Answer, AnswerFigures, Exchange, ParticipantFacts } from '../../src/host/protocol/playground';
import { formatCount } from '../shared/format';

const REASONS: Readonly<Record<AnswerFigures['reason'], string>> = {
  end: 'ended by the model',
  stop: 'ended at a stop string',
  length: 'cut at the token limit',
};

/** "12 tokens, 118 tokens/s, ended by the model". */
export function figuresText({ tokens, seconds, reason }: AnswerFigures): string {
  // The first token comes with the prompt.
  const speed = tokens > 1 && seconds > 0 ? [`${formatCount((tokens - 1) / seconds)} tokens/s`] : [];
  return [count(tokens), ...speed, REASONS[reason]].join(' · ');
}

/** What a screen reader hears when both have ended. */
export function announcement({ names, answers }: Exchange): string {
  return answers.map((answer, side) => `${names[side] ?? 'Model'}: ${ending(answer)}.`).join(' ');
}

function ending(answer: Answer): string {
  switch (answer.state) {
    case 'done':
      return answer.figures === null ? 'done' : `${count(answer.figures.tokens)}, ${REASONS[answer.figures.reason]}`;
    case 'failed':
      return `failed, ${answer.problem ?? 'for no known reason'}`.replace(/\.$/, '');
    case 'stopped':
      return answer.text === '' ? 'stopped before its first word' : 'stopped';
    case 'waiting':
    case 'answering':
      return 'not done';
  }
}

/** What stands in the place of a text that has not begun. */
export function waitingText(answer: Answer, exchange: Exchange, side: number): string {
  if (answer.state === 'answering') return answer.activity === null ? '' : `${capital(answer.activity)}…`;
  return side > 0 ? `Answers after ${exchange.names[0] ?? 'the other'}` : 'Waiting…';
}

/** Why a chat is not to be had; undefined where it is, or where that is not known yet. */
export function chatProblem(participants: readonly ParticipantFacts[]): string | undefined {
  const without = participants.find(({ chat }) => chat === false);
  return without && `${without.name} has no chat template, so it continues texts only.`;
}

function count(tokens: number): string {
  return `${formatCount(tokens)} ${tokens === 1 ? 'token' : 'tokens'}`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
