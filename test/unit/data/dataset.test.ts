import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { loadDataset, summarise } from '../../../src/engine/data/dataset';
import type { Example } from '../../../src/engine/data/example';
import { splitValidation } from '../../../src/engine/data/split';
import { Tokenizer } from '../../../src/engine/data/tokenizer';
import { dataFile, EMBEDDED_MODEL, EXAMPLE_DATA } from './files';

let tokenizer: Tokenizer;
beforeAll(async () => {
  tokenizer = (await Tokenizer.load(EMBEDDED_MODEL))!;
});

test('an example says what its line said, end token included', async () => {
  const file = join(EXAMPLE_DATA, 'pronounce.train.jsonl');
  const progress: number[] = [];
  const dataset = await loadDataset({
    files: [file],
    tokenizer,
    vocabularySize: 4096,
    maxLength: 512,
    onProgress: (share) => progress.push(share),
  });
  const lines = (await readFile(file, 'utf8')).trim().split('\n');
  expect(dataset.examples).toHaveLength(lines.length);
  expect(dataset.truncated).toBe(0);
  for (const index of [0, 511, 512, 7999]) {
    const { line, tokens, labels } = dataset.examples[index]!;
    const { prompt, completion } = JSON.parse(lines[index]!) as { prompt: string; completion: string };
    expect(line).toBe(index + 1);
    expect(await tokenizer.decode(tokens)).toBe(prompt + completion);
    expect(tokens.at(-1)).toBe(tokenizer.endToken);
    expect(await tokenizer.decode(labels.filter((label) => label >= 0))).toBe(completion);
    expect(labels.at(-1)).toBe(tokenizer.endToken);
  }
  expect(dataset.supervisedTokens).toBeLessThan(dataset.tokens);
  expect(dataset.longest).toBe(Math.max(...dataset.examples.map((example) => example.tokens.length)));
  expect(progress.at(-1)).toBe(1);
  expect(progress).toEqual([...progress].sort((a, b) => a - b));
});

test('a model without tokenizer learns from input_ids, and says what else is missing', async () => {
  const options = { tokenizer: undefined, vocabularySize: 10, maxLength: 3 };
  const dataset = await loadDataset({ ...options, files: [await dataFile({ input_ids: [1, 2, 3, 4] })] });
  expect(dataset).toMatchObject({ tokens: 3, supervisedTokens: 2, longest: 3, truncated: 1 });
  await expect(
    loadDataset({ ...options, files: [await dataFile({ input_ids: [1, 2] }, { text: 'a' })] }),
  ).rejects.toThrow(
    /data\.jsonl:2: is text, but the model folder has no tokenizer\.json; add that file or give "input_ids"/,
  );
});

test('errors of an example name its line', async () => {
  const options = { tokenizer, vocabularySize: 4096, maxLength: 4 };
  const good = { prompt: 'a', completion: 'b' };
  await expect(
    loadDataset({
      ...options,
      files: [await dataFile(good, { prompt: 'one two three four five', completion: 'six' })],
    }),
  ).rejects.toThrow(/data\.jsonl:2: its first 4 tokens have none to learn/);
  await expect(loadDataset({ ...options, files: [await dataFile(good, '', { text: '' })] })).rejects.toThrow(
    /data\.jsonl:3: has no token to learn/,
  );
  await expect(loadDataset({ ...options, files: [await dataFile({ input_ids: [1, 4096] })] })).rejects.toThrow(
    /data\.jsonl:1: "input_ids" has 4096 at index 1/,
  );
  await expect(loadDataset({ ...options, files: [await dataFile('')] })).rejects.toThrow(
    /data\.jsonl: has no examples/,
  );
  await expect(
    loadDataset({ ...options, vocabularySize: 50, files: [await dataFile({ text: 'the ship' })] }),
  ).rejects.toThrow(/data\.jsonl:1: becomes token \d+ by .*tokenizer\.json, but the model has 50 tokens/);
});

test('loading stops when aborted', async () => {
  const abort = new AbortController();
  const loading = loadDataset({
    files: [join(EXAMPLE_DATA, 'pronounce.train.jsonl')],
    tokenizer,
    vocabularySize: 4096,
    maxLength: 512,
    onProgress: () => abort.abort(new Error('stopped')),
    signal: abort.signal,
  });
  await expect(loading).rejects.toThrow('stopped');
});

describe('the validation split', () => {
  const examples = Array.from({ length: 100 }, (_, index): Example => {
    return {
      source: 0,
      record: index,
      line: index + 1,
      tokens: Int32Array.of(1, 2),
      labels: Int32Array.of(1, 2),
      truncated: false,
    };
  });
  const dataset = summarise(examples);
  const lines = (part: { examples: readonly Example[] }): number[] => part.examples.map((example) => example.line);

  test.each([0, 0.05, 0.5, 1, 7, 99])('of %d loses and repeats nothing', (validation) => {
    const split = splitValidation(dataset, validation, 3);
    expect(lines(split.validation)).toHaveLength(validation < 1 ? validation * 100 : validation);
    expect([...lines(split.train), ...lines(split.validation)].sort((a, b) => a - b)).toEqual(lines(dataset));
    expect(split.train.tokens + split.validation.tokens).toBe(dataset.tokens);
  });

  test('depends on the seed alone', () => {
    const held = (seed: number): number[] => lines(splitValidation(dataset, 10, seed).validation);
    expect(held(3)).toEqual(held(3));
    expect(held(3)).not.toEqual(held(4));
  });

  test('leaves something to train on, or is refused', () => {
    expect(() => splitValidation(dataset, 100, 0)).toThrow(
      /"data\.validation" holds out 100 of 100 examples and leaves/,
    );
    expect(() => splitValidation(dataset, 0.999, 0)).toThrow(/leaves nothing to train on; lower it/);
    expect(() => splitValidation(dataset, 1.5, 0)).toThrow(
      /"data\.validation" is 1\.5; give a share below 1 or a whole/,
    );
  });

  test('of a share that rounds to none holds out none', () => {
    expect(splitValidation(summarise(examples.slice(0, 5)), 0.05, 0).validation.examples).toEqual([]);
  });
});
