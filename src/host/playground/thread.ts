import type { Answer, Ask, Exchange } from '../protocol/playground';

/** A person scrolls no further back, and each page that opens gets the whole. */
const MAX_EXCHANGES = 50;
/** All texts of a thread together. */
const MAX_THREAD_CHARS = 1_000_000;

export const WAITING: Answer = { state: 'waiting', text: '', activity: null, problem: null, figures: null };

export interface Message {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

/** The exchange that a prompt begins. It goes on with the chat above when those who answer are the same. */
export function nextExchange(
  thread: readonly Exchange[],
  { prompt, sampling, follows }: Ask,
  names: readonly string[],
): Exchange {
  const last = thread.at(-1);
  const chat = last?.prompt.chat ?? null;
  const goesOn = follows && prompt.chat !== null && chat !== null && sameNames(last?.names ?? [], names);
  return {
    id: (last?.id ?? 0) + 1,
    prompt,
    turn: goesOn ? (last?.turn ?? 0) + 1 : 1,
    sampling,
    names,
    answers: names.map(() => WAITING),
  };
}

/**
 * What one side of a chat has said so far, and the last prompt, which is to be answered. A turn that this side did not
 * answer is left out: templates take user and assistant in turns.
 */
export function conversation(thread: readonly Exchange[], side: number): readonly Message[] {
  const last = thread.at(-1);
  if (last === undefined || last.prompt.chat === null) return [];
  const { system } = last.prompt.chat;
  const earlier = thread.slice(Math.max(0, thread.length - last.turn), -1);
  return [
    ...(system === '' ? [] : [{ role: 'system', content: system } as const]),
    ...earlier.flatMap(({ prompt, answers }): Message[] => {
      const text = answers[side]?.text ?? '';
      return text === '' ? [] : [{ role: 'user', content: prompt.text }, { role: 'assistant', content: text }]; // prettier-ignore
    }),
    { role: 'user', content: last.prompt.text },
  ];
}

/** The thread with another answer; unchanged when the exchange is not in it any more. */
export function withAnswer(thread: readonly Exchange[], id: number, side: number, answer: Answer): readonly Exchange[] {
  return thread.map((exchange) =>
    exchange.id === id
      ? { ...exchange, answers: exchange.answers.map((before, place) => (place === side ? answer : before)) }
      : exchange,
  );
}

/** The newest exchanges, as many as are kept. */
export function bounded(thread: readonly Exchange[]): readonly Exchange[] {
  let chars = 0;
  const kept: Exchange[] = [];
  for (const exchange of thread.slice(-MAX_EXCHANGES).reverse()) {
    chars += exchange.prompt.text.length;
    for (const { text } of exchange.answers) chars += text.length;
    if (chars > MAX_THREAD_CHARS && kept.length > 0) break;
    kept.unshift(exchange);
  }
  return kept;
}

/** What an earlier window left running has ended with it. */
export function ended(thread: readonly Exchange[]): readonly Exchange[] {
  return thread.map((exchange) => ({
    ...exchange,
    answers: exchange.answers.map((answer) =>
      answer.state === 'waiting' || answer.state === 'answering'
        ? { ...answer, state: 'stopped' as const, activity: null }
        : answer,
    ),
  }));
}

function sameNames(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, place) => name === b[place]);
}
