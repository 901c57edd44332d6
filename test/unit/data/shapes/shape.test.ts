import { describe, expect, test } from 'vitest';
import { UserError } from '../../../../src/config/userError';
import { shapeOf, wantedKeys, type FieldNames } from '../../../../src/engine/data/shapes/shape';
import { record } from './records';

const shape = (value: Record<string, unknown>, fields?: FieldNames) => shapeOf(record(value), fields);

describe('what a record is follows from its keys', () => {
  test('a text', () => {
    expect(shape({ text: 'Call me Ishmael.', id: 7 })).toEqual({ kind: 'text', text: 'Call me Ishmael.' });
  });

  test('a prompt and its completion', () => {
    expect(shape({ prompt: 'a', completion: 'b' })).toEqual({ kind: 'completion', prompt: 'a', completion: 'b' });
  });

  test('ready-made tokens, with labels or without, also as JSON in a text', () => {
    expect(shape({ input_ids: [1, 2], attention_mask: [1, 1] })).toEqual({
      kind: 'tokens',
      inputIds: [1, 2],
      labels: undefined,
    });
    expect(shape({ input_ids: '[1, 2]', labels: '[-100, 2]', text: null })).toEqual({
      kind: 'tokens',
      inputIds: [1, 2],
      labels: [-100, 2],
    });
  });

  test("alpaca's instruction and output, with the prompt that Stanford Alpaca trained with", () => {
    // The text is that of the Stanford project's PROMPT_DICT; only the last newline is not there.
    expect(shape({ instruction: 'Add.', input: '2, 3', output: '5' })).toEqual({
      kind: 'completion',
      prompt:
        'Below is an instruction that describes a task, paired with an input that provides further context. Write a response that appropriately completes the request.\n\n### Instruction:\nAdd.\n\n### Input:\n2, 3\n\n### Response:\n',
      completion: '5',
    });
    const without =
      'Below is an instruction that describes a task. Write a response that appropriately completes the request.\n\n### Instruction:\nAdd.\n\n### Response:\n';
    expect(shape({ instruction: 'Add.', output: '5' })).toMatchObject({ prompt: without });
    expect(shape({ instruction: 'Add.', input: '', output: '5' })).toMatchObject({ prompt: without });
    expect(shape({ instruction: 'Add.', output: '5', system: 'You add.' })).toMatchObject({
      prompt: 'You add.\n\n### Instruction:\nAdd.\n\n### Response:\n',
    });
  });

  test('messages of OpenAI, also beside a prompt that only repeats the first of them', () => {
    const messages = [
      { role: 'user', content: 'a' },
      { role: 'assistant', content: 'b' },
    ];
    const expected = { kind: 'chat', conversation: { messages, tools: null, learned: [1] } };
    expect(shape({ messages })).toEqual(expected);
    expect(shape({ messages: JSON.stringify(messages) })).toEqual(expected);
    expect(shape({ prompt: 'a', prompt_id: 'x', messages })).toEqual(expected);
  });

  test('conversations of sharegpt', () => {
    const conversations = [
      { from: 'human', value: 'a' },
      { from: 'gpt', value: 'b' },
    ];
    expect(shape({ conversations, system: 'Be kind.' })).toMatchObject({
      kind: 'chat',
      conversation: { messages: [{ role: 'system', content: 'Be kind.' }, { role: 'user' }, { role: 'assistant' }] },
    });
  });

  test('a prompt and a completion of messages, of which only the completion is learned', () => {
    const prompt = [
      { role: 'user', content: 'a' },
      { role: 'assistant', content: 'b' },
      { role: 'user', content: 'c' },
    ];
    const completion = [{ role: 'assistant', content: 'd' }];
    expect(shape({ prompt, completion })).toMatchObject({
      kind: 'chat',
      conversation: { messages: [...prompt, ...completion], learned: [3] },
    });
  });
});

describe('data.fields', () => {
  const cases: [what: string, fields: FieldNames, value: Record<string, unknown>, expected: object][] = [
    ['a text', { text: 'content' }, { content: 'a' }, { kind: 'text', text: 'a' }],
    [
      'question and answer',
      { prompt: 'question', completion: 'answer' },
      { question: 'a', answer: 'b' },
      { kind: 'completion', prompt: 'a', completion: 'b' },
    ],
    [
      'one of the two',
      { completion: 'answer' },
      { prompt: 'a', answer: 'b' },
      { kind: 'completion', prompt: 'a', completion: 'b' },
    ],
    [
      'the parts of alpaca',
      { prompt: 'task', input: 'context', completion: 'result' },
      { task: 'a', context: 'b', result: 'c' },
      { kind: 'completion', prompt: expect.stringContaining('### Input:\nb\n'), completion: 'c' },
    ],
    [
      'messages and a system text',
      { messages: 'dialog', system: 'rules' },
      { dialog: [{ role: 'assistant', content: 'a' }], rules: 'b' },
      { kind: 'chat', conversation: { messages: [{ role: 'system', content: 'b' }, { role: 'assistant' }] } },
    ],
    [
      'a system text beside conversations',
      { system: 'rules' },
      { conversations: [{ from: 'gpt', value: 'a' }], rules: 'b' },
      { kind: 'chat', conversation: { messages: [{ role: 'system', content: 'b' }, { role: 'assistant' }] } },
    ],
    ['tokens', { input_ids: 'ids' }, { ids: [1, 2] }, { kind: 'tokens', inputIds: [1, 2] }],
  ];
  test.each(cases)('names %s', (_, fields, value, expected) => {
    expect(shape(value, fields)).toMatchObject(expected);
    for (const key of Object.keys(value)) expect(wantedKeys(fields)).toContain(key);
  });

  test('chooses where a record is two things', () => {
    // As the published Alpaca data is.
    const both = { instruction: 'a', input: '', output: 'b', text: 'Below …' };
    expect(() => shape(both)).toThrow(/has "instruction" with "output" and "text", which mean different things/);
    expect(shape(both, { text: 'text' })).toEqual({ kind: 'text', text: 'Below …' });
    expect(shape(both, { prompt: 'instruction', input: 'input', completion: 'output' })).toMatchObject({
      kind: 'completion',
      completion: 'b',
    });
  });

  test('names nothing that every object inherits', () => {
    expect(() => shape({ text: 'a' }, { text: 'toString' })).toThrow(/none of the keys that "data\.fields" names/);
  });
});

describe('a bad record is named with its place and the mend', () => {
  const supported =
    'give "messages" \\(or "conversations"\\), "prompt" and "completion", "instruction" and "output", "text", or "input_ids" \\(and "labels"\\)\\.$';
  const cases: [what: string, value: Record<string, unknown>, message: RegExp][] = [
    [
      'unknown keys',
      { question: 'a', url: 'b', id: 1 },
      new RegExp(`^data\\.jsonl:3: has nothing to learn from, only "question", "url", "id"; ${supported}`),
    ],
    ['no keys', {}, /only nothing at all; give/],
    ['nulls', { text: null }, /only nothing at all; give/],
    ['a text that is no string', { text: 5 }, /^data\.jsonl:3: "text" is not a string; give "messages"/],
    ['a prompt alone', { prompt: 'a' }, /^data\.jsonl:3: has "prompt" but no "completion"; give/],
    ['a completion alone', { completion: 'a' }, /has "completion" but no "prompt"/],
    ['an instruction alone', { instruction: 'a' }, /has "instruction" but no "output"/],
    [
      'two kinds',
      { text: 'a', input_ids: [1] },
      /has "input_ids" and "text", which mean different things; keep one, or choose by "data\.fields"/,
    ],
    ['ids that are no numbers', { input_ids: ['a'] }, /"input_ids" is not a list of whole numbers/],
    ['ids with a fraction', { input_ids: [1.5] }, /"input_ids" is not a list of whole numbers/],
    ['labels of another length', { input_ids: [1, 2], labels: [1] }, /has 2 input_ids but 1 labels/],
    [
      'a history',
      { instruction: 'a', output: 'b', history: [['c', 'd']] },
      /has a "history" of earlier turns.*write it as "messages"/,
    ],
    [
      'a prompt of messages with a written completion',
      { prompt: [{ role: 'user', content: 'a' }], completion: 'b' },
      /"completion" is not a list of messages/,
    ],
  ];
  test.each(cases)('%s', (_, value, message) => {
    expect(() => shape(value)).toThrow(message);
    expect(() => shape(value)).toThrow(UserError);
  });

  test('of many keys the first are shown, of long ones the beginning', () => {
    const value = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`${'k'.repeat(1000)}${i}`, 1]));
    value.short = 1;
    expect(() => shape(value)).toThrow(/ and 989 more; give/);
    const error = (() => {
      try {
        shape(value);
      } catch (reason) {
        return reason as Error;
      }
      throw new Error('nothing was thrown');
    })();
    expect(error.message.length).toBeLessThan(1000);
  });
});
