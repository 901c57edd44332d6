import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { loadDataset } from '../../../src/engine/data/dataset';
import { Tokenizer } from '../../../src/engine/data/tokenizer';
import { dataFile, EMBEDDED_MODEL, EXAMPLE_DATA } from './files';

let tokenizer: Tokenizer;
beforeAll(async () => {
  tokenizer = (await Tokenizer.load(EMBEDDED_MODEL))!;
});

test('an example says what its line said, end token included', async () => {
  const file = join(EXAMPLE_DATA, 'pronounce.train.jsonl');
  const progress: number[] = [];
  const dataset = await loadDataset(
    { files: [file], tokenizer, vocabularySize: 4096, maxLength: 512 },
    { onProgress: (share) => progress.push(share) },
  );
  const lines = (await readFile(file, 'utf8')).trim().split('\n');
  expect(dataset.examples).toHaveLength(lines.length);
  expect(dataset.truncated).toBe(0);
  const chosen = [0, 511, 512, 7999];
  const read = await dataset.examples.read(chosen);
  for (const [i, index] of chosen.entries()) {
    const { line, tokens, labels } = read[i]!;
    const { prompt, completion } = JSON.parse(lines[index]!) as { prompt: string; completion: string };
    expect(line).toBe(index + 1);
    expect(await tokenizer.decode(tokens)).toBe(prompt + completion);
    expect(tokens.at(-1)).toBe(tokenizer.endToken);
    expect(await tokenizer.decode(labels.filter((label) => label >= 0))).toBe(completion);
    expect(labels.at(-1)).toBe(tokenizer.endToken);
  }
  expect(dataset.supervisedTokens).toBeLessThan(dataset.tokens);
  expect(dataset.longest).toBe(Math.max(...lines.map((_, index) => dataset.examples.tokensOf(index))));
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
  await expect(loadDataset({ ...options, files: [await dataFile(good, { input_ids: [1, 4096] })] })).rejects.toThrow(
    /data\.jsonl:2: "input_ids" has 4096 at index 1/,
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
  const files = [join(EXAMPLE_DATA, 'pronounce.train.jsonl')];
  const loading = loadDataset(
    { files, tokenizer, vocabularySize: 4096, maxLength: 512, signal: abort.signal },
    { onProgress: () => abort.abort(new Error('stopped')) },
  );
  await expect(loading).rejects.toThrow('stopped');
});
