import type { ChatMessage, Conversation } from './conversation';
import { TemplateError } from './template';

/** Renders the first messages of a conversation; with `prompt`, up to where the assistant is to write. */
export type Render = (messages: readonly ChatMessage[], prompt: boolean) => string;

/** What the assistant wrote of a text, by UTF-16 index. */
export interface Span {
  readonly start: number;
  /** First index after it. */
  readonly end: number;
  /** A token may reach up to here: white space after a turn is no part of it, but can stick to its last word. */
  readonly reach: number;
}

/** A text that is trained on, and what of it is learned, in order. */
export interface RenderedText {
  readonly text: string;
  readonly spans: readonly Span[];
}

/**
 * What the assistant wrote in a conversation, found without any mark in the template: a turn is what rendering it adds
 * to the prompt that the model would have been given for it.
 *
 * A template may render an earlier turn otherwise than it did when that turn was the last one: Qwen3 drops its
 * reasoning, Mistral moves the system message along to the last question. The text of the whole conversation then holds
 * what the model never writes, or lacks what it is told. So each turn is learned in a text that begins with the very
 * characters that the model is given for it: one text for most templates, one a turn at worst, every turn learned once.
 *
 * Throws a TemplateError when a turn cannot be told from what stands before it.
 */
export function findTurns({ messages, learned }: Conversation, render: Render): RenderedText[] {
  const texts: { text: string; spans: Span[] }[] = [];
  for (const turn of [...learned].reverse()) {
    const { text, start } = turnText(messages, turn, render);
    const end = text.trimEnd().length;
    if (end <= start) continue;
    const whole = texts.find((longer) => longer.text.startsWith(text.slice(0, end)));
    if (whole === undefined) texts.push({ text, spans: [{ start, end, reach: text.length }] });
    else whole.spans.push({ start, end, reach: commonLength(whole.text, text, end) });
  }
  return texts.reverse().map(({ text, spans }) => ({ text, spans: spans.reverse() }));
}

/** What a model has been given and has written when a turn is done, and where the turn starts in it. */
function turnText(messages: readonly ChatMessage[], turn: number, render: Render): { text: string; start: number } {
  const before = messages.slice(0, turn);
  const done = render(messages.slice(0, turn + 1), false);
  const prompt = attempt(() => render(before, true));
  if (prompt !== undefined && done.startsWith(prompt)) return { text: done, start: prompt.length };
  // Two answers that share no letter show what stands before any.
  const probe = (content: string): string | undefined =>
    attempt(() => render([...before, { role: 'assistant', content }], false))?.split(content)[0];
  const header = probe('ƂƂƂƂ');
  if (header !== undefined && header === probe('ƏƏƏƏ') && done.startsWith(header)) {
    // The prompt goes on where the turn does not (DeepSeek R1 asks for reasoning, and drops it from what was written),
    // or the template refuses to ask for what comes first.
    if (prompt === undefined || prompt.startsWith(header)) return { text: done, start: header.length };
    // The prompt says before what it no longer says when the answer is there (Mistral's system message): what the model
    // is given is the prompt.
    for (const own of [header, header.trimEnd()]) {
      if (endAlike(prompt, own)) return { text: prompt + done.slice(own.length), start: prompt.length };
    }
  }
  throw new TemplateError(`does not show where the answer in message ${turn + 1} begins`);
}

/** Characters in which two texts must end alike to say the same to the model in the end: "[/INST]", "assistant\n". */
const ALIKE_CHARS = 5;

function endAlike(a: string, b: string): boolean {
  return a.length >= ALIKE_CHARS && a.slice(-ALIKE_CHARS) === b.slice(-ALIKE_CHARS);
}

/** A template may refuse what no conversation is: one without messages, one that ends early. */
function attempt(work: () => string): string | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof TemplateError) return undefined;
    throw error;
  }
}

function commonLength(a: string, b: string, from: number): number {
  let length = from;
  while (length < a.length && length < b.length && a.charCodeAt(length) === b.charCodeAt(length)) length++;
  return length;
}
