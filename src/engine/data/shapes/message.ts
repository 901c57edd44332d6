import type { ChatMessage } from '../chat/conversation';
import { shortened } from '../../../config/shortened';
import { unwrapJson } from './jsonInText';

/** What a message says, and whether it is to be learned if it is the assistant's. */
export interface ParsedMessage {
  readonly message: ChatMessage;
  readonly isLearned: boolean;
}

/** Names of the roles in sharegpt and its relatives. A role that is not here is the template's business. */
const ROLES: Readonly<Record<string, string>> = {
  human: 'user',
  gpt: 'assistant',
  chatgpt: 'assistant',
  bot: 'assistant',
  model: 'assistant',
  function: 'tool',
  observation: 'tool',
  function_response: 'tool',
  tool_response: 'tool',
};

/** Keys that are read here; all others go to the template as they are. */
const OWN_KEYS = new Set(['role', 'from', 'content', 'value', 'weight', 'train', 'tool_calls']);

/**
 * One message: OpenAI's "role" and "content", or sharegpt's "from" and "value". "weight": 0 or "train": false keep an
 * answer from being learned. Calls `fail` with what is wrong with it.
 */
export function messageOf(raw: unknown, fail: (what: string) => never): ParsedMessage {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw))
    return fail('is not an object with "role" and "content"');
  // In tables every message has every key.
  const given = Object.fromEntries(Object.entries(raw).filter(([, value]) => value !== null));
  const name: unknown = given.role ?? given.from;
  if (typeof name !== 'string' || name === '') return fail('has no "role" (or "from")');
  if (given.function_call !== undefined) return fail('has a "function_call"; write it as "tool_calls"');
  const said = contentText(given.content ?? given.value, fail);
  const rest = Object.fromEntries(Object.entries(given).filter(([key]) => !OWN_KEYS.has(key)));
  // sharegpt's own way to write a call: the message is the call, as JSON.
  const isCall = name === 'function_call';
  const calls = toolCalls(isCall ? said : given.tool_calls, fail);
  const role = isCall ? 'assistant' : Object.hasOwn(ROLES, name) ? (ROLES[name] ?? name) : name;
  if (said === undefined && calls === undefined) return fail('has no "content" (or "value")');
  const message: ChatMessage = {
    role,
    // Templates ask what a text contains; a call without words has the empty one.
    content: isCall ? '' : (said ?? ''),
    ...rest,
    ...(calls && { tool_calls: calls }),
  };
  return { message, isLearned: given.weight !== 0 && given.train !== false };
}

/** The words of a message: a text, or a list of parts that are all text. */
function contentText(content: unknown, fail: (what: string) => never): string | undefined {
  if (content === undefined || typeof content === 'string') return content;
  if (!Array.isArray(content)) return fail('has "content" that is neither a text nor a list of text parts');
  return content
    .map((part: unknown) => {
      if (typeof part === 'string') return part;
      if (typeof part === 'object' && part !== null && 'text' in part && typeof part.text === 'string')
        return part.text;
      const kind =
        typeof part === 'object' && part !== null && 'type' in part ? String(part.type).slice(0, 40) : typeof part;
      return fail(`has a part of type "${shortened(kind)}", but only text can be learned`);
    })
    .join('');
}

/**
 * Calls of functions as templates take them: OpenAI writes the arguments as JSON in a text, templates print an object.
 * undefined when there is none: some templates take an empty list for a call.
 */
function toolCalls(value: unknown, fail: (what: string) => never): unknown[] | undefined {
  const read = unwrapJson(value);
  if (read === undefined) return undefined;
  const calls: unknown[] = Array.isArray(read) ? read : [read];
  if (calls.length === 0) return undefined;
  return calls.map((call) => {
    if (typeof call !== 'object' || call === null || Array.isArray(call))
      return fail('has "tool_calls" that are not a list of calls');
    const wrapped = 'function' in call ? call : { type: 'function', function: call };
    const called: unknown = wrapped.function;
    if (typeof called !== 'object' || called === null || !('name' in called) || typeof called.name !== 'string') {
      return fail('has a tool call without the name of its function');
    }
    const given = 'arguments' in called ? called.arguments : {};
    return { ...wrapped, function: { ...called, arguments: unwrapJson(given) } };
  });
}
