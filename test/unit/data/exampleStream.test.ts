import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { findChatTemplate, type ChatTemplate } from '../../../src/engine/data/chat/chatTemplate';
import type { Example } from '../../../src/engine/data/example';
import { readExamples, type ExampleStreamOptions } from '../../../src/engine/data/exampleStream';
import { droppedCount, type ReadingCounts } from '../../../src/engine/data/readingCounts';
import { Tokenizer } from '../../../src/engine/data/tokenizer';
import { dataFile, EMBEDDED_MODEL, EXAMPLE_DATA, temporaryFolder } from './files';

let tokenizer: Tokenizer;
let template: ChatTemplate;
beforeAll(async () => {
  tokenizer = (await Tokenizer.load(EMBEDDED_MODEL))!;
  template = (await findChatTemplate(EMBEDDED_MODEL, null))!;
});

async function read(files: readonly string[], more: Partial<ExampleStreamOptions> = {}) {
  const examples: Example[] = [];
  let counts: ReadingCounts | undefined;
  const shares: number[] = [];
  const options = { files, tokenizer, vocabularySize: 4096, maxLength: 64, template, ...more };
  for await (const batch of readExamples(options)) {
    examples.push(...batch.examples);
    counts = batch.counts;
    shares.push(batch.share);
  }
  return { examples, counts: counts!, shares };
}

const learnedText = ({ labels }: Example): Promise<string> => tokenizer.decode(labels.filter((id) => id >= 0));

const chat = (...contents: string[]) => ({
  messages: contents.map((content, i) => ({ role: i % 2 === 0 ? 'user' : 'assistant', content })),
});

test('kinds may be mixed in a file, and files in a dataset; each example knows where it comes from', async () => {
  const lines = await dataFile({ text: 'Call me Ishmael.' }, '', { prompt: 'a', completion: 'b' }, chat('c', 'd'));
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'b.csv'), 'prompt,completion\ne,f\n"g\nh",i\n');
  await writeFile(join(folder, 'c.json'), '{"data": [{"input_ids": [5, 6]}]}');
  await writeFile(join(folder, 'd.md'), '# Loomings\n');
  const files = [lines, ...['b.csv', 'c.json', 'd.md'].map((name) => join(folder, name))];
  const { examples, counts, shares } = await read(files);
  expect(examples.map(({ source, line, record }) => [source, line, record])).toEqual([
    [0, 1, 0],
    [0, 3, 1],
    [0, 4, 2],
    [1, 2, 3],
    [1, 3, 4],
    [2, 1, 5],
    [3, 1, 6],
  ]);
  const texts = await Promise.all(examples.map(learnedText));
  expect(texts.filter((_, index) => index !== 5)).toEqual(['Call me Ishmael.', 'b', 'd', 'f', 'i', '# Loomings\n']);
  expect([...examples[5]!.labels]).toEqual([5, 6]);
  expect(counts).toMatchObject({ records: 7, examples: 7, conversations: 1, conversationTexts: 1, complete: 6 });
  expect(shares).toEqual([...shares].sort((a, b) => a - b));
  expect(shares.at(-1)).toBe(1);
});

test('of a conversation of the example data only the answer is learned, with the token that ends it', async () => {
  const file = join(EXAMPLE_DATA, 'pronounce.chat.jsonl');
  const { examples, counts } = await read([file], { maxLength: 512 });
  expect(counts).toMatchObject({ records: 400, examples: 400, conversations: 400 });
  for (const { tokens, labels } of examples.slice(0, 20)) {
    const first = labels.findIndex((id) => id >= 0);
    expect(await tokenizer.decode(tokens.subarray(0, first))).toMatch(
      /^system\nYou give .*user\nHow is .*\?assistant\n$/s,
    );
    expect(await tokenizer.decode(labels.subarray(first))).toMatch(/^[A-Z][A-Z0-9 ]+$/);
    expect(tokenizer.tokenText(labels.at(-1)!)).toBe('<|im_end|>');
  }
});

describe('what becomes of the data is counted', () => {
  const long = Array.from({ length: 200 }, (_, i) => `word${i}`).join(' ');

  test('windows of a text', async () => {
    const { examples, counts } = await read([await dataFile({ text: long }, { text: 'short' })]);
    expect(counts).toMatchObject({
      records: 2,
      windowed: 1,
      windows: examples.length - 1,
      cut: { count: 0 },
      complete: 2,
      ended: 2,
    });
    expect(new Set(examples.map(({ record }) => record))).toEqual(new Set([0, 1]));
    expect((await Promise.all(examples.map(({ tokens }) => tokenizer.decode(tokens)))).join('')).toBe(`${long}short`);
    expect(counts.tokens).toBe(examples.reduce((sum, { tokens }) => sum + tokens.length, 0));
    expect(counts.longest).toBe(64);
  });

  test('what is cut, and what is dropped, by reason and first place', async () => {
    const file = await dataFile(
      { prompt: 'a', completion: 'b' },
      { prompt: 'a', completion: long },
      { prompt: long, completion: 'b' },
      { text: '' },
      { input_ids: [1, 2], labels: [-100, -100] },
      { messages: [{ role: 'user', content: 'a' }] },
      chat('a', 'b', 'c', long),
      { prompt: 'a', completion: long },
    );
    const { examples, counts } = await read([file]);
    expect(counts).toMatchObject({
      records: 8,
      examples: 4,
      cut: { count: 3, first: `${file}:2` },
      dropped: {
        promptTooLong: { count: 1, first: `${file}:3` },
        nothingToLearn: { count: 3, first: `${file}:4` },
        tooLong: { count: 0, first: null },
        boundary: { count: 0, first: null },
      },
    });
    expect(droppedCount(counts)).toBe(4);
    expect(examples.filter(({ truncated }) => truncated)).toHaveLength(3);
    expect(counts.fewestSupervised).toBe(2);
    const dropping = await read([file], { longer: 'drop' });
    expect(dropping.counts).toMatchObject({ examples: 1, cut: { count: 0 }, dropped: { tooLong: { count: 4 } } });
  });

  test('ends that generation does not know', async () => {
    const source = '{% for m in messages %}{{ m.role }}: {{ m.content }}<|im_start|>{% endfor %}';
    const wrong = { file: 'a.jinja', source, specialTokens: {} };
    const file = await dataFile(chat('a', 'b'), { prompt: 'a', completion: 'b' });
    const { counts } = await read([file], { template: wrong });
    expect(counts).toMatchObject({ complete: 2, ended: 1, firstUnended: `${file}:1` });
  });
});

describe('a template that says nothing of the end of a turn', () => {
  const plain = {
    file: 'a.jinja',
    specialTokens: {},
    source: '{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}',
  };

  test('gets the end token of the model after the last', async () => {
    const { examples, counts } = await read([await dataFile(chat('a', 'b', 'c', 'd'))], { template: plain });
    expect(examples).toHaveLength(1);
    expect(await learnedText(examples[0]!)).toBe('assistant: bassistant: d');
    expect(examples[0]!.tokens.at(-1)).toBe(tokenizer.endToken);
    expect(examples[0]!.labels.at(-1)).toBe(tokenizer.endToken);
    expect(counts.ended).toBe(1);
  });

  test('learns the end token that follows a turn, whoever writes it', async () => {
    const source =
      '{% for m in messages %}{% if not loop.first and m.role == "user" %}<|endoftext|>{% endif %}{{ m.role }}: {{ m.content }}{% endfor %}';
    const { examples } = await read([await dataFile(chat('a', 'b', 'c', 'd'))], { template: { ...plain, source } });
    const { tokens, labels } = examples[0]!;
    const ends = [...tokens.keys()].filter((t) => tokens[t] === tokenizer.endToken);
    expect(ends).toHaveLength(2);
    for (const t of ends) expect(labels[t]).toBe(tokenizer.endToken);
  });
});

test('an answer that begins with white space is tokenized as the model would write it', async () => {
  // Together the newlines of prompt and answer could be one token, which the model never meets after its prompt.
  const source =
    '{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}';
  const bare = { file: 'a.jinja', source, specialTokens: {} };
  const { examples } = await read([await dataFile(chat('a', '\n\n  b'))], { template: bare });
  const { labels } = examples[0]!;
  const first = labels.findIndex((id) => id >= 0);
  const { tokens } = examples[0]!;
  const prompt = await tokenizer.encode('<|im_start|>user\na<|im_end|><|im_start|>assistant\n', false);
  expect([...tokens.subarray(0, first)]).toEqual(prompt);
  expect(await tokenizer.decode(labels.subarray(first))).toBe('\n\n  b');
});

describe('errors of the data are one sentence', () => {
  test('a conversation for a model without a template says how to mend it', async () => {
    const reading = read([await dataFile({ text: 'a' }, chat('a', 'b'))], { template: undefined });
    await expect(reading).rejects.toThrow(
      /data\.jsonl:2: is a conversation, but the model has no chat template; give a file with one as "data\.template", or write the data as "prompt" and "completion"\.$/,
    );
  });

  test('a template that refuses names file, line, template and reason', async () => {
    const refusing = { ...template, file: 'chat.jinja', source: '{{ raise_exception("Only pairs.") }}' };
    const reading = read([await dataFile({ text: 'a' }, chat('a', 'b'))], { template: refusing });
    await expect(reading).rejects.toThrow(
      /data\.jsonl:2: the chat template chat\.jinja refuses it: Only pairs; correct the messages, or give another template as "data\.template"\.$/,
    );
  });

  test.each([
    [
      'no answer anywhere',
      [{ messages: [{ role: 'user', content: 'a' }] }, { text: '' }],
      /data\.jsonl: gives nothing to learn: of 2 records, 2 are examples with nothing to learn \(no answer, no text, or every label ignored\) \(the first is .*data\.jsonl:1\); give them something to learn\.$/,
    ],
    [
      'prompts that are too long',
      [{ prompt: 'a '.repeat(100), completion: 'b' }],
      /of 1 records, 1 are examples whose prompt alone fills "data\.maxLength".*raise "data\.maxLength" or shorten the prompts\.$/,
    ],
    ['nothing at all', [''], /data\.jsonl: has no examples; put one JSON object on each line\.$/],
  ])('%s', async (_, lines, message) => {
    await expect(read([await dataFile(...lines)])).rejects.toThrow(message);
  });
});

test('reading ends when aborted, also while a template renders', async () => {
  const abort = new AbortController();
  const endless = {
    ...template,
    source: '{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}',
  };
  setTimeout(() => abort.abort(new Error('enough')), 300);
  await expect(read([await dataFile(chat('a', 'b'))], { template: endless, signal: abort.signal })).rejects.toThrow(
    'enough',
  );
});
