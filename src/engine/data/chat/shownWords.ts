import type { ChatMessage, Conversation } from './conversation';
import type { RenderedText } from './turns';

/**
 * Whether the texts of a conversation show what it says up to the last learned message: the words of every message, the
 * names of the functions that are called and that can be called. Templates leave out what they do not know, most of all
 * tools, and drop reasoning. White space does not count.
 */
export function showsAll(texts: readonly RenderedText[], { messages, tools, learned }: Conversation): boolean {
  const shown = texts.map(({ text }) => withoutSpace(text)).join('\n');
  const upTo = messages.slice(0, (learned.at(-1) ?? -1) + 1);
  const words = [...upTo.flatMap(wordsOf), ...(tools ?? []).flatMap(nameOf)];
  return words.every((word) => shown.includes(withoutSpace(word)));
}

/**
 * Whether an answer says anything in a text: of a call that the template leaves out nothing but its end remains. One
 * word will do, since reasoning may be dropped.
 */
export function saysAnything(message: ChatMessage | undefined, text: string): boolean {
  if (message === undefined) return false;
  const { role: _, tool_calls: __, ...rest } = message;
  const said = [...Object.values(rest).filter((value) => typeof value === 'string'), ...calledNames(message)];
  const words = said.flatMap((value) => value.match(WORDS) ?? value.trim());
  return words.some((word) => word !== '' && text.includes(word));
}

const WORDS = /[\p{L}\p{N}]+/gu;

function wordsOf(message: ChatMessage): string[] {
  // What a tool answers may be escaped or laid out anew; its longest word is still there.
  if (message.role === 'tool') return [longestWord(message.content)];
  return [message.content, ...calledNames(message)];
}

function longestWord(text: string): string {
  return (text.match(WORDS) ?? []).reduce((longest, word) => (word.length > longest.length ? word : longest), '');
}

function calledNames({ tool_calls: calls }: ChatMessage): string[] {
  return Array.isArray(calls) ? (calls as unknown[]).flatMap(nameOf) : [];
}

/** The name in {"function": {"name": …}} or {"name": …}. */
function nameOf(entry: unknown): string[] {
  if (typeof entry !== 'object' || entry === null) return [];
  if ('function' in entry) return nameOf(entry.function);
  return 'name' in entry && typeof entry.name === 'string' ? [entry.name] : [];
}

function withoutSpace(text: string): string {
  return text.replace(/\s+/g, '');
}
