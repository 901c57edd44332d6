import type { Conversation } from '../chat/conversation';
import { fieldOf, recordError, type DataRecord } from '../record';
import { isTooDeep, unwrapJson } from './jsonInText';
import { messageOf, type ParsedMessage } from './message';

/** Where a record has its conversation. */
export interface ConversationKeys {
  readonly messages: string;
  /** Messages that go on from there, of which alone something is learned. */
  readonly completion?: string;
  /** A text for the model beside the messages, as in sharegpt. */
  readonly system: string;
}

/** A template is rendered twice for every turn; a thousand messages take it some seconds, and more are no conversation. */
const MAX_MESSAGES = 1000;

/** More tools than any service takes. */
const MAX_TOOLS = 1024;

/** The conversation of a record. Throws a UserError that names file and line, and the message where it can. */
export function conversationOf(record: DataRecord, keys: ConversationKeys): Conversation {
  const listed = messagesOf(record, keys.messages);
  const continued = keys.completion === undefined ? undefined : messagesOf(record, keys.completion);
  const system = fieldOf(record, keys.system);
  const before: ParsedMessage[] =
    typeof system === 'string' && system !== '' && listed[0]?.message.role !== 'system'
      ? [{ message: { role: 'system', content: system }, isLearned: false }]
      : [];
  const all = [...before, ...listed, ...(continued ?? [])];
  if (all.length > MAX_MESSAGES) {
    throw recordError(
      record,
      `has ${all.length} messages, more than the ${MAX_MESSAGES} of any conversation; split it`,
    );
  }
  const firstLearned = continued === undefined ? 0 : before.length + listed.length;
  return {
    messages: all.map(({ message }) => message),
    tools: toolsOf(record),
    learned: all.flatMap(({ message, isLearned }, index) =>
      message.role === 'assistant' && isLearned && index >= firstLearned ? [index] : [],
    ),
  };
}

function messagesOf(record: DataRecord, key: string): ParsedMessage[] {
  const list = unwrapJson(fieldOf(record, key));
  if (!Array.isArray(list)) throw recordError(record, `"${key}" is not a list of messages; correct it`);
  refuseDeep(record, key, list);
  return list.map((raw: unknown, index) =>
    messageOf(raw, (what) => {
      throw recordError(record, `message ${index + 1} of "${key}" ${what}; correct it`);
    }),
  );
}

/** The tools that a conversation can call: a list, also written as JSON in a text. */
function toolsOf(record: DataRecord): readonly unknown[] | null {
  const tools = unwrapJson(fieldOf(record, 'tools'));
  if (tools === undefined || tools === '') return null;
  if (!Array.isArray(tools)) throw recordError(record, '"tools" is not a list of tools; correct it');
  if (tools.length > MAX_TOOLS) {
    throw recordError(record, `has ${tools.length} tools, more than ${MAX_TOOLS}; leave out those that are not used`);
  }
  refuseDeep(record, 'tools', tools);
  return tools.length === 0 ? null : tools;
}

function refuseDeep(record: DataRecord, key: string, value: unknown): void {
  if (isTooDeep(value)) throw recordError(record, `"${key}" has lists and objects nested too deep; flatten it`);
}
