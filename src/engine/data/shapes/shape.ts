import { FIELD_ROLES, type FieldRole } from '../../../config/schema';
import type { Conversation } from '../chat/conversation';
import { fieldOf, recordError, type DataRecord } from '../record';
import { alpacaPrompt } from './alpaca';
import { conversationOf, type ConversationKeys } from './conversationOf';
import { unwrapJson } from './jsonInText';

/** What a record is, checked, not yet tokens. */
export type Shape =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'completion'; readonly prompt: string; readonly completion: string }
  | { readonly kind: 'chat'; readonly conversation: Conversation }
  | {
      readonly kind: 'tokens';
      readonly inputIds: readonly number[];
      /** As long as inputIds; undefined when every token is to be learned. */
      readonly labels: readonly number[] | undefined;
    };

/** The names that a dataset uses, where they differ from the usual ones. */
export type FieldNames = Readonly<Partial<Record<FieldRole, string>>>;

export const SUPPORTED =
  'give "messages" (or "conversations"), "prompt" and "completion", "instruction" and "output", "text", or "input_ids" (and "labels")';

/** A way in which a record can say what is to be learned. */
interface Candidate {
  /** The keys that it needs. All of them present make the record one of this kind. */
  readonly needs: readonly string[];
  read(record: DataRecord): Shape;
}

/**
 * What a record is, by the keys that it has; keys that no kind needs ("id", "attention_mask", …) are ignored. With
 * `fields`, only the kinds that those name are looked for. Throws a UserError that names file and line when the record
 * is nothing supported, or two things at once.
 */
export function shapeOf(record: DataRecord, fields: FieldNames = {}): Shape {
  const candidates = candidatesFor(fields);
  const found = candidates.filter(({ needs }) => needs.every((key) => fieldOf(record, key) !== undefined));
  const [first, second] = found;
  if (first !== undefined && second === undefined) return first.read(record);
  if (first !== undefined) {
    const names = found.map(({ needs }) => needs.map((key) => `"${key}"`).join(' with ')).join(' and ');
    throw recordError(record, `has ${names}, which mean different things; keep one, or choose by "data.fields"`);
  }
  const partly = candidates.find(({ needs }) => needs.some((key) => fieldOf(record, key) !== undefined));
  const missing = partly?.needs.find((key) => fieldOf(record, key) === undefined);
  if (partly !== undefined && missing !== undefined) {
    const present = partly.needs.find((key) => key !== missing) ?? '';
    throw recordError(record, `has "${present}" but no "${missing}"; ${SUPPORTED}`);
  }
  const wish = Object.keys(fields).length > 0 ? 'none of the keys that "data.fields" names' : 'nothing to learn from';
  throw recordError(record, `has ${wish}, only ${keysOf(record)}; ${SUPPORTED}`);
}

/** The keys that {@link shapeOf} may look at: of a table that is stored by columns no other need be read. */
export function wantedKeys(fields: FieldNames): readonly string[] {
  return [
    ...new Set([
      ...FIELD_ROLES,
      'conversations',
      'tools',
      'instruction',
      'output',
      'history',
      ...Object.values(fields),
    ]),
  ];
}

/** The kinds to look for: all, or those that "data.fields" speaks of. */
function candidatesFor(fields: FieldNames): readonly Candidate[] {
  const roles = new Set(Object.keys(fields));
  if (roles.size === 0) return ALL;
  const name = (role: FieldRole, usual: string = role): string => fields[role] ?? usual;
  const has = (...some: FieldRole[]): boolean => some.some((role) => roles.has(role));
  const alpaca = has('input') || (has('system') && has('prompt', 'completion'));
  const chat: ConversationKeys = { messages: name('messages'), system: name('system') };
  return [
    ...(has('messages') ? [chatCandidate(chat)] : []),
    ...(has('system') && !has('messages') && !alpaca
      ? [chatCandidate(chat), chatCandidate({ ...chat, messages: 'conversations' })]
      : []),
    ...(alpaca
      ? [alpacaCandidate(name('prompt', 'instruction'), name('input'), name('completion', 'output'), name('system'))]
      : []),
    ...(has('prompt', 'completion') && !alpaca ? [completionCandidate(name('prompt'), name('completion'))] : []),
    ...(has('text') ? [textCandidate(name('text'))] : []),
    ...(has('input_ids', 'labels') ? [tokensCandidate(name('input_ids'), name('labels'))] : []),
  ];
}

function chatCandidate(keys: ConversationKeys): Candidate {
  return { needs: [keys.messages], read: (record) => ({ kind: 'chat', conversation: conversationOf(record, keys) }) };
}

function completionCandidate(prompt: string, completion: string): Candidate {
  return {
    needs: [prompt, completion],
    read(record) {
      if (!Array.isArray(fieldOf(record, prompt)) && !Array.isArray(fieldOf(record, completion))) {
        return { kind: 'completion', prompt: textOf(record, prompt), completion: textOf(record, completion) };
      }
      const keys = { messages: prompt, completion, system: 'system' };
      return { kind: 'chat', conversation: conversationOf(record, keys) };
    },
  };
}

function alpacaCandidate(instruction: string, input: string, output: string, system: string): Candidate {
  const optional = (record: DataRecord, key: string): string =>
    fieldOf(record, key) === undefined ? '' : textOf(record, key);
  return {
    needs: [instruction, output],
    read(record) {
      const history = fieldOf(record, 'history');
      if (Array.isArray(history) && history.length > 0) {
        throw recordError(
          record,
          'has a "history" of earlier turns, which alpaca\'s prompt has no place for; write it as "messages"',
        );
      }
      const prompt = alpacaPrompt(textOf(record, instruction), optional(record, input), optional(record, system));
      return { kind: 'completion', prompt, completion: textOf(record, output) };
    },
  };
}

function textCandidate(text: string): Candidate {
  return { needs: [text], read: (record) => ({ kind: 'text', text: textOf(record, text) }) };
}

function tokensCandidate(inputIds: string, labels: string): Candidate {
  return {
    needs: [inputIds],
    read(record) {
      const ids = wholeNumbers(record, inputIds);
      if (fieldOf(record, labels) === undefined) return { kind: 'tokens', inputIds: ids, labels: undefined };
      const wanted = wholeNumbers(record, labels);
      if (wanted.length === ids.length) return { kind: 'tokens', inputIds: ids, labels: wanted };
      throw recordError(
        record,
        `has ${ids.length} input_ids but ${wanted.length} labels; give one label for each token`,
      );
    },
  };
}

const ALL: readonly Candidate[] = [
  chatCandidate({ messages: 'messages', system: 'system' }),
  chatCandidate({ messages: 'conversations', system: 'system' }),
  tokensCandidate('input_ids', 'labels'),
  completionCandidate('prompt', 'completion'),
  alpacaCandidate('instruction', 'input', 'output', 'system'),
  textCandidate('text'),
];

function textOf(record: DataRecord, key: string): string {
  const value = fieldOf(record, key);
  if (typeof value === 'string') return value;
  throw recordError(record, `"${key}" is not a string; ${SUPPORTED}`);
}

/** A list of whole numbers; a table without lists writes it as JSON. */
function wholeNumbers(record: DataRecord, key: string): readonly number[] {
  const value = unwrapJson(fieldOf(record, key));
  if (Array.isArray(value) && value.every((item) => Number.isSafeInteger(item))) return value as number[];
  throw recordError(record, `"${key}" is not a list of whole numbers; correct it`);
}

/** The keys of a record, as many as one can read. */
function keysOf({ value }: DataRecord): string {
  const keys = Object.keys(value).filter((key) => (value[key] ?? null) !== null);
  if (keys.length === 0) return 'nothing at all';
  const shown = keys.slice(0, MAX_KEYS_SHOWN).map((key) => JSON.stringify(key.slice(0, MAX_KEY_CHARS)));
  return shown.join(', ') + (keys.length > shown.length ? ` and ${keys.length - shown.length} more` : '');
}

const MAX_KEYS_SHOWN = 12;
const MAX_KEY_CHARS = 40;
