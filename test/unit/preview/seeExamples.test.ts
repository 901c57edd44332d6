import { appendFile, cp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { requireConfiguration } from '../../../src/config/parse';
import { resolvePaths } from '../../../src/config/resolvePaths';
import { readDecoderConfig } from '../../../src/engine/models/family';
import type { DecoderConfig } from '../../../src/engine/models/decoderConfig';
import { plan } from '../../../src/engine/plan';
import { prompting } from '../../../src/engine/inference/prompting';
import { OpenedData, openedData } from '../../../src/engine/preview/openedData';
import { seeExamples } from '../../../src/engine/preview/seeExamples';
import type { ExampleLook, ExamplesSeen, PackedStep } from '../../../src/engine/rpc/examples';
import { batchLayout, microBatches } from '../../../src/engine/training/microBatches';
import { loadRunData } from '../../../src/engine/training/runData';
import { StepExamples } from '../../../src/engine/training/stepExamples';
import { dataFile, EMBEDDED_MODEL, EXAMPLE_DATA, temporaryFolder } from '../data/files';

let decoder: DecoderConfig;
beforeAll(async () => {
  decoder = await readDecoderConfig(EMBEDDED_MODEL);
});
afterEach(() => openedData.letGo());

/** A signal for each who waits. */
const unaborted = (): AbortSignal => new AbortController().signal;

function see(document: { data: object; training?: object; model?: string }, look: ExampleLook): Promise<ExamplesSeen> {
  return seeExamples(
    { configuration: { model: EMBEDDED_MODEL, ...document }, file: '/a.mora.json', look },
    unaborted(),
  );
}

const page = (first: number, count = 3, tokens = 1000): ExampleLook => ({ kind: 'examples', first, count, tokens });
const line = (number: number, file = 0): ExampleLook => ({ kind: 'line', file, line: number, tokens: 1000 });
const pair = (prompt: string, completion: string): object => ({ prompt, completion });
const WORDS = ['one', 'two', 'three', 'four', 'five', 'six', 'seven'];
const pairs = WORDS.map((word) => pair(`Say ${word}.\n`, word));

describe('rows as packed', () => {
  test('are the arrays that a training step is given, token by token', async () => {
    const training = { batchSize: 24, seed: 5, steps: 40 };
    const data = { train: join(EXAMPLE_DATA, 'pronounce.train.jsonl'), validation: 0.02, maxLength: 64 };
    const document = { model: EMBEDDED_MODEL, data, training };
    const configuration = resolvePaths(requireConfiguration(JSON.stringify(document), 'a.mora.json'), '/');
    // What a run does (trainLoop.ts): its own data, order and layout.
    const run = await loadRunData(configuration, decoder);
    const layout = batchLayout(Math.max(run.train.longest, run.validation.longest), 64);
    const step = 7;
    const trained = microBatches(await new StepExamples(run.train.examples, 24, 40, 5).of(step), layout);

    const seen = (await see(document, { kind: 'rows', step, first: 0, count: 24, tokens: 10_000 })) as PackedStep;

    expect(seen).toMatchObject({ kind: 'rows', step, steps: 40, rowLength: layout.rowLength, examples: 24 });
    const rows = trained.flatMap((batch) =>
      Array.from({ length: batch.rows }, (_, row) => {
        const [from, to] = [row * batch.rowLength, (row + 1) * batch.rowLength];
        const tokens: unknown[] = [];
        for (let t = from; t < to && batch.segments[t] !== 0; t++) {
          const position = Number(batch.positions[t]);
          // Token t is learned when the position before it, of the same example, has it as target.
          const supervised = position > 0 && batch.targets[t - 1] !== -100;
          if (supervised) expect(batch.targets[t - 1]).toBe(batch.tokens[t]);
          tokens.push({ id: batch.tokens[t], position, supervised });
        }
        return tokens;
      }),
    );
    const shown = seen.rows.map(({ segments }) =>
      segments.flatMap(({ start, example }, index) => {
        const before = segments.slice(0, index).reduce((sum, segment) => sum + segment.example.length, 0);
        expect(start).toBe(before);
        return example.tokens.map(({ id, supervised }, position) => ({ id, position, supervised }));
      }),
    );
    expect(shown).toEqual(rows.filter((row) => row.length > 0));
    expect(seen.rows.map(({ filled }) => filled)).toEqual(shown.map((row) => row.length));
    expect(seen.tokens).toBe(trained.reduce((sum, batch) => sum + batch.tokenCount, 0));
    // Several examples share a row, or nothing was packed at all.
    expect(seen.total).toBeLessThan(24);
    await run.close();
  });

  test('name the example of each segment, and show no more than was asked for', async () => {
    const train = await dataFile(...pairs);
    const data = { train, validation: 0 };
    const training = { batchSize: 7, steps: 2 };
    const seen = (await see(
      { data, training },
      { kind: 'rows', step: 1, first: 0, count: 1, tokens: 4 },
    )) as PackedStep;
    expect(seen.rows).toHaveLength(1);
    for (const { index, example } of seen.rows[0]!.segments) {
      expect(example.line).toBe(index + 1);
      expect(example.tokens.length).toBeLessThan(example.length);
    }
    // Steps beyond the last are the last.
    const last = await see({ data, training }, { kind: 'rows', step: 99, first: 0, count: 1, tokens: 4 });
    expect(last).toMatchObject({ step: 1, steps: 2 });
  });
});

describe('examples', () => {
  test('come by pages, and the plan shows the same', async () => {
    const train = await dataFile(...pairs);
    const data = { train, validation: 0 };
    const seen = await see({ data }, page(5, 3));
    expect(seen).toMatchObject({ kind: 'examples', first: 5, total: 7, examples: [{ line: 6 }, { line: 7 }] });
    const planned = await plan(
      { configuration: { model: EMBEDDED_MODEL, data }, file: '/a.mora.json', examples: 7 },
      unaborted(),
    );
    expect(planned.data?.files).toEqual([train]);
    expect(seen).toHaveProperty('examples', planned.data?.examples.slice(5));
  });

  test('say what was supervised, cut and parted, and only the first tokens when there are more', async () => {
    const text = WORDS.join(' ').repeat(4);
    const train = await dataFile(pair('Say: ', text), { text: text.repeat(3) }, ...pairs);
    const seen = await see({ data: { train, validation: 0, maxLength: 24 } }, page(0, 4, 10));
    if (seen.kind !== 'examples') throw new Error(seen.kind);
    const [cut, ...windows] = seen.examples;
    expect(cut).toMatchObject({ line: 1, truncated: true, length: 24, part: null, remarks: [] });
    expect(cut!.tokens).toHaveLength(10);
    expect(cut!.supervised).toBeLessThan(24);
    expect(windows.map(({ line, part }) => [line, part?.number])).toEqual([[2, 1], [2, 2], [2, 3]]); // prettier-ignore
    const parts = windows[0]!.part!.of;
    expect(parts).toBeGreaterThan(3);
    const after = await see({ data: { train, validation: 0, maxLength: 24 } }, page(parts, 2));
    expect(after).toMatchObject({
      examples: [
        { line: 2, part: { number: parts, of: parts } },
        { line: 3, part: null },
      ],
    });
  });

  test('remark a doubled start, an end at which nothing stops and marks that are ordinary text', async () => {
    const template = join(await temporaryFolder(), 'template.jinja');
    // The start twice; turns begin with a mark that the tokenizer does not know and end with one that ends nothing.
    await writeFile(
      template,
      "{{ bos_token }}{{ bos_token }}{% for m in messages %}{{ '<|turn|>' + m.role + '\n' + m.content + '<|im_start|>' }}" +
        "{% endfor %}{% if add_generation_prompt %}{{ '<|turn|>assistant\n' }}{% endif %}",
    );
    const data = { train: await dataFile({ messages: TALK }), validation: 0, template };
    const seen = await see({ data }, page(0));
    const marks = ['<|turn|>'];
    expect(seen).toMatchObject({
      examples: [{ remarks: [{ kind: 'doubledStart' }, { kind: 'unended' }, { kind: 'marks', marks }] }],
    });
    const configuration = { model: EMBEDDED_MODEL, data };
    const { data: planned } = await plan({ configuration, file: '/a.mora.json', examples: 1 }, unaborted());
    const first = `${data.train}:1`;
    expect(planned?.report.problems).toEqual([
      { kind: 'doubledStart', count: 1, of: 1, first },
      { kind: 'unended', count: 1, of: 1, first },
      { kind: 'unknownMarks', count: 1, of: 1, first: template, marks },
    ]);
  });

  test('of a sound template have no remarks', async () => {
    const data = { train: await dataFile({ messages: TALK }, ...pairs), validation: 0 };
    const seen = await see({ data }, page(0, 8));
    expect(seen).toHaveProperty('examples', Array(8).fill(expect.objectContaining({ remarks: [] })));
  });
});

const TALK = [
  { role: 'user', content: 'Say one.' },
  { role: 'assistant', content: 'one' },
];

describe('a line', () => {
  test('is found among what is trained on', async () => {
    const train = await dataFile(...pairs);
    const more = await dataFile(...pairs);
    const data = { train: [train, more], validation: 0 };
    expect(await see({ data }, line(4))).toMatchObject({ kind: 'examples', first: 3 });
    expect(await see({ data }, line(2, 1))).toMatchObject({ kind: 'examples', first: 8 });
    const place: ExampleLook = { kind: 'place', place: `${more}:2`, tokens: 100 };
    expect(await see({ data }, place)).toMatchObject({ kind: 'examples', first: 8 });
    await expect(see({ data }, { ...place, place: '/elsewhere.jsonl:2' })).rejects.toThrow(
      /is in none of the data files/,
    );
  });

  test('is held out, left out for a reason, or not there', async () => {
    const train = await dataFile(
      ...pairs,
      pair('Say it.\n', ''),
      { text: '' },
      pair(WORDS.join(' ').repeat(9), 'one'),
      pair('Say ', WORDS.join(' ').repeat(9)),
    );
    const data = { train, validation: 2, maxLength: 24, longer: 'cut' };
    const seen = await Promise.all(Array.from({ length: 12 }, (_, i) => see({ data }, line(i + 1))));
    const kinds = seen.map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'heldOut')).toHaveLength(2);
    const left = seen
      .slice(8, 10)
      .map((fate) => (fate.kind === 'leftOut' ? fate.texts.map(({ reason }) => reason) : fate));
    expect(left).toEqual([['nothingToLearn'], ['promptTooLong']]);
    expect(seen[11]).toEqual({ kind: 'beyond', place: 'data.jsonl:12', last: 11 });
    const dropped = await see({ data: { ...data, longer: 'drop', validation: 0 } }, line(11));
    if (dropped.kind !== 'leftOut') throw new Error(dropped.kind);
    expect(dropped.texts).toMatchObject([{ reason: 'tooLong' }]);
    expect(dropped.texts[0]!.example!.length).toBeGreaterThan(24);
  });
});

describe('a line that is held out', () => {
  test('shows its own example, by the file that it is in', async () => {
    const data = { train: await dataFile(...pairs), validation: 2 };
    const seen = await Promise.all(pairs.map((_, index) => see({ data }, line(index + 1))));
    const held = seen.flatMap((fate) => (fate.kind === 'heldOut' ? [fate] : []));
    expect(held).toHaveLength(2);
    for (const { place, examples } of held) expect(examples).toMatchObject([{ place }]);
  });

  test('is of a file of its own where there is one: a line of the training data is never taken for it', async () => {
    const train = await dataFile(...pairs, { text: '' });
    const validation = await dataFile(...pairs, pair('Say eight.\n', 'eight'));
    const data = { train, validation };
    expect(await see({ data }, line(8))).toMatchObject({ kind: 'leftOut', texts: [{ reason: 'nothingToLearn' }] });
    const place: ExampleLook = { kind: 'place', place: `${validation}:8`, tokens: 100 };
    expect(await see({ data }, place)).toMatchObject({ kind: 'heldOut', examples: [{ line: 8 }] });
  });
});

test('a model folder without a tokenizer learns from ready-made tokens, and says of text what is missing', async () => {
  const model = join(await temporaryFolder(), 'model');
  await cp(EMBEDDED_MODEL, model, { recursive: true });
  await rm(join(model, 'tokenizer.json'));
  const texts = { train: await dataFile(...pairs), validation: 0 };
  const sentence = `${texts.train}:1: is text, but the model folder has no tokenizer.json; add that file or give "input_ids".`;
  await expect(see({ model, data: texts }, page(0))).rejects.toThrow(sentence);
  const asked = { configuration: { model, data: texts }, file: '/a.mora.json', examples: 1 };
  await expect(plan(asked, unaborted())).rejects.toThrow(sentence);
  // Playgrounds ask for this before anything is loaded.
  await expect(prompting({ model })).rejects.toThrow(
    `${model}: has no tokenizer.json, so it cannot read a prompt; add the model's own.`,
  );
  const tokens = { train: await dataFile({ input_ids: [5, 6, 7] }), validation: 0 };
  expect(await see({ model, data: tokens }, page(0))).toMatchObject({
    examples: [{ tokens: [{ text: '5' }, { text: '6' }, { text: '7' }], supervised: 2 }],
  });
});

describe('opened data', () => {
  test('is the same for who comes next, until a file of it changes or nobody has come for long', async () => {
    const train = await dataFile(...pairs);
    const document = { model: EMBEDDED_MODEL, data: { train, validation: 0 } };
    const configuration = requireConfiguration(JSON.stringify(document), 'a.mora.json');
    const opened = new OpenedData();
    const look = () => opened.use(configuration, decoder, unaborted(), async (data) => data);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const first = await look();
      expect(await look()).toBe(first);
      await appendFile(train, `\n${JSON.stringify(pair('Say eight.\n', 'eight'))}`);
      const changed = await look();
      expect(changed.train.examples.length).toBe(8);
      expect(await look()).toBe(changed);
      await vi.advanceTimersByTimeAsync(300_000);
      expect(await look()).not.toBe(changed);
    } finally {
      vi.useRealTimers();
      await opened.letGo();
    }
  });
});

test('whoever gives up does not stop those who wait behind', async () => {
  const train = await dataFile(...pairs);
  const configuration = { model: EMBEDDED_MODEL, data: { train, validation: 0 } };
  const abort = new AbortController();
  const gone = seeExamples({ configuration, file: '/a.mora.json', look: page(0) }, abort.signal);
  const stays = seeExamples({ configuration, file: '/a.mora.json', look: page(0) }, unaborted());
  abort.abort();
  await expect(gone).rejects.toThrow();
  expect(await stays).toMatchObject({ total: 7 });
});
