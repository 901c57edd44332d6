import type { ChatMessage, Conversation } from './conversation';
import { saysAnything } from './shownWords';
import { TemplateError } from './templateError';

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
    const { text, start } = startOfTurn(messages, turn, render);
    if (!saysAnything(messages[turn], text.slice(start))) continue;
    // Most turns stand in the text of a later one as they are; only others can end in what belongs to no turn.
    if (!joinText(texts, text, start)) {
      const own = ownText(messages, turn, { text, start }, render);
      if (own === text || !joinText(texts, own, start)) texts.push({ text: own, spans: [spanIn(own, own, start)] });
    }
  }
  return texts.reverse().map(({ text, spans }) => ({ text, spans: spans.reverse() }));
}

/** Learns a turn, which is the end of `text`, in the text of a later one that begins so; false when there is none. */
function joinText(texts: readonly { text: string; spans: Span[] }[], text: string, start: number): boolean {
  const end = text.trimEnd().length;
  const whole = texts.find((longer) => longer.text.startsWith(text.slice(0, end)));
  whole?.spans.push(spanIn(whole.text, text, start));
  return whole !== undefined;
}

function spanIn(whole: string, text: string, start: number): Span {
  const reach = whole.startsWith(text) ? text.length : commonLength(whole, text);
  return { start, end: text.trimEnd().length, reach };
}

/** What a model has been given and has written when a turn is done, and where the turn starts in it. */
interface TurnText {
  readonly text: string;
  readonly start: number;
}

/**
 * The text without what ends a conversation but no turn in it: some templates put an end token there (Phi-3). Where a
 * turn has an end of its own, the model ends with that.
 */
function ownText(messages: readonly ChatMessage[], turn: number, { text, start }: TurnText, render: Render): string {
  const goesOn = attempt(() => render(messages.slice(0, turn + 1), true));
  if (goesOn === undefined || goesOn.startsWith(text)) return text;
  const own = text.slice(0, lastBoundary(text, start, commonLength(text, goesOn)));
  const content = messages[turn]?.content.trim() ?? '';
  const hasOwnEnd = content !== '' && own.slice(start).includes(content) && !own.trimEnd().endsWith(content);
  return hasOwnEnd ? own : text;
}

/** The conversation up to and with a turn. */
function startOfTurn(messages: readonly ChatMessage[], turn: number, render: Render): TurnText {
  const before = messages.slice(0, turn);
  const done = render(messages.slice(0, turn + 1), false);
  const prompt = attempt(() => render(before, true));
  if (prompt !== undefined && done.startsWith(prompt)) return { text: done, start: prompt.length };
  const header = answerHeader(before, render);
  const isHeaded = header !== undefined && done.startsWith(header);
  // The template refuses to ask for what comes first, but shows where it begins.
  if (prompt === undefined) {
    if (isHeaded) return { text: done, start: header.length };
    throw notShown(turn);
  }
  // The prompt asks for something else than the turn has: DeepSeek R1 asks for reasoning, and drops it from what was
  // written; other templates ask for an answer without, and the turn has some.
  const context = attempt(() => render(before, false));
  if (context !== undefined && done.startsWith(context) && prompt.startsWith(context)) {
    const parting = lastBoundary(done, context.length, commonLength(prompt, done));
    return { text: done, start: isHeaded ? header.length : parting };
  }
  // The prompt says before what it no longer says when the answer is there (Mistral's system message): what the model
  // is given is the prompt.
  const own = [header ?? '', header?.trimEnd() ?? ''].find((end) => endAlike(prompt, end));
  if (isHeaded && own !== undefined) return { text: prompt + done.slice(own.length), start: prompt.length };
  throw notShown(turn);
}

/** What a template writes before the words of an answer: what two answers that share no letter have before them. */
function answerHeader(before: readonly ChatMessage[], render: Render): string | undefined {
  const [header, other] = ['ƂƂƂƂ', 'ƏƏƏƏ'].map((content) => {
    const text = attempt(() => render([...before, { role: 'assistant', content }], false));
    return text?.includes(content) === true ? text.slice(0, text.indexOf(content)) : undefined;
  });
  return header === other ? header : undefined;
}

function notShown(turn: number): TemplateError {
  return new TemplateError(`does not show where the answer in message ${turn + 1} begins`);
}

/**
 * The last place from `first` to `end` that is after a line or after a mark such as "<think>" or "[/INST]": texts that
 * part can share the first letters of what comes then.
 */
function lastBoundary(text: string, first: number, end: number): number {
  let place = end;
  while (place > first && !/[\n>\]]/.test(text.charAt(place - 1))) place--;
  return place;
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

function commonLength(a: string, b: string): number {
  let length = 0;
  while (length < a.length && length < b.length && a.charCodeAt(length) === b.charCodeAt(length)) length++;
  return length;
}
