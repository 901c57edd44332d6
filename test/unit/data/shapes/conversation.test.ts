import { describe, expect, test } from 'vitest';
import type { Conversation } from '../../../../src/engine/data/chat/conversation';
import { shapeOf } from '../../../../src/engine/data/shapes/shape';
import { record } from './records';

function conversation(value: Record<string, unknown>): Conversation {
  const shape = shapeOf(record(value));
  if (shape.kind !== 'chat') throw new Error(`is ${shape.kind}`);
  return shape.conversation;
}

const messagesOf = (...messages: unknown[]) => conversation({ messages }).messages;

test('roles of sharegpt become those that templates know; others are left to the template', () => {
  const roles: [from: string, role: string][] = [
    ['human', 'user'],
    ['user', 'user'],
    ['gpt', 'assistant'],
    ['assistant', 'assistant'],
    ['model', 'assistant'],
    ['bot', 'assistant'],
    ['system', 'system'],
    ['tool', 'tool'],
    ['function', 'tool'],
    ['observation', 'tool'],
    ['ipython', 'ipython'],
  ];
  for (const [from, role] of roles) expect(messagesOf({ from, value: 'a' })).toEqual([{ role, content: 'a' }]);
});

test('parts of text are one text', () => {
  const content = [{ type: 'text', text: 'Call me ' }, 'Ishmael', { type: 'text', text: '.' }];
  expect(messagesOf({ role: 'user', content })).toEqual([{ role: 'user', content: 'Call me Ishmael.' }]);
});

test('what a template may want is kept, and nulls are not', () => {
  const message = {
    role: 'assistant',
    content: 'a',
    name: 'b',
    reasoning_content: 'c',
    tool_call_id: null,
    tool_calls: [],
  };
  expect(messagesOf(message)).toEqual([{ role: 'assistant', content: 'a', name: 'b', reasoning_content: 'c' }]);
});

describe('a call', () => {
  const called = [{ type: 'function', id: 'x', function: { name: 'f', arguments: { a: 1 } } }];

  test('has its arguments as an object, however they are written, and no words', () => {
    for (const given of ['{"a": 1}', { a: 1 }]) {
      const calls = [{ type: 'function', id: 'x', function: { name: 'f', arguments: given } }];
      expect(messagesOf({ role: 'assistant', content: null, tool_calls: calls })).toEqual([
        { role: 'assistant', content: '', tool_calls: called },
      ]);
    }
    expect(messagesOf({ role: 'assistant', tool_calls: JSON.stringify(called) })).toMatchObject([
      { tool_calls: called },
    ]);
  });

  test('may be the whole message, as in sharegpt', () => {
    const calls = [{ type: 'function', function: { name: 'f', arguments: { a: 1 } } }];
    expect(messagesOf({ from: 'function_call', value: '{"name": "f", "arguments": {"a": 1}}' })).toEqual([
      { role: 'assistant', content: '', tool_calls: calls },
    ]);
  });
});

test('tools may be written as JSON in a text, as in tables', () => {
  const tools = [{ type: 'function', function: { name: 'f' } }];
  const messages = [{ role: 'user', content: 'a' }];
  expect(conversation({ messages, tools }).tools).toEqual(tools);
  expect(conversation({ messages, tools: JSON.stringify(tools) }).tools).toEqual(tools);
  for (const none of [undefined, null, '', '[]', []]) expect(conversation({ messages, tools: none }).tools).toBeNull();
});

test('an answer can be left out of learning', () => {
  const messages = [
    { role: 'user', content: 'a' },
    { role: 'assistant', content: 'b', weight: 0 },
    { role: 'assistant', content: 'c', weight: 1 },
    { from: 'gpt', value: 'd', train: false },
    { from: 'gpt', value: 'e' },
  ];
  const read = conversation({ messages });
  expect(read.learned).toEqual([2, 4]);
  expect(read.messages[1]).toEqual({ role: 'assistant', content: 'b' });
});

test('a system text beside the messages comes first, unless they have one', () => {
  const messages = [{ role: 'user', content: 'a' }];
  expect(conversation({ messages, system: 'b' }).messages[0]).toEqual({ role: 'system', content: 'b' });
  const own = [{ role: 'system', content: 'c' }, ...messages];
  expect(conversation({ messages: own, system: 'b' }).messages).toEqual(own);
});

describe('a bad conversation is named with its place and the message', () => {
  const user = { role: 'user', content: 'a' };
  let deep: unknown = 1;
  for (let i = 0; i < 100_000; i++) deep = [deep];
  const cases: [what: string, value: Record<string, unknown>, message: RegExp][] = [
    ['no list', { messages: 'Hello' }, /^data\.jsonl:3: "messages" is not a list of messages; correct it\.$/],
    [
      'a message that is none',
      { messages: [user, 'b'] },
      /^data\.jsonl:3: message 2 of "messages" is not an object with "role" and "content"/,
    ],
    ['no role', { messages: [{ content: 'a' }] }, /message 1 of "messages" has no "role" \(or "from"\)/],
    ['no content', { messages: [user, { role: 'assistant' }] }, /message 2 of "messages" has no "content"/],
    ['a number', { messages: [{ role: 'user', content: 5 }] }, /neither a text nor a list of text parts/],
    [
      'an image',
      { messages: [{ role: 'user', content: [{ type: 'image_url', image_url: 'x' }] }] },
      /has a part of type "image_url", but only text can be learned/,
    ],
    [
      'an old kind of call',
      { messages: [{ role: 'assistant', content: null, function_call: { name: 'f' } }] },
      /has a "function_call"; write it as "tool_calls"/,
    ],
    [
      'a call of nothing',
      { messages: [{ role: 'assistant', tool_calls: [{ function: {} }] }] },
      /has a tool call without the name/,
    ],
    [
      'calls that are none',
      { messages: [{ role: 'assistant', tool_calls: ['f'] }] },
      /has "tool_calls" that are not a list of calls/,
    ],
    ['tools that are none', { messages: [user], tools: 'f' }, /"tools" is not a list of tools/],
    ['too many tools', { messages: [user], tools: Array(1025).fill({}) }, /has 1025 tools, more than 1024/],
    ['too many messages', { messages: Array(1001).fill(user) }, /has 1001 messages, more than the 1000/],
    [
      'nesting without end',
      { messages: [{ ...user, extra: deep }] },
      /"messages" has lists and objects nested too deep/,
    ],
    ['tools nested without end', { messages: [user], tools: [deep] }, /"tools" has lists and objects nested too deep/],
  ];
  test.each(cases)('%s', (_, value, message) => {
    expect(() => conversation(value)).toThrow(message);
  });
});
