import { appendFileSync } from 'node:fs';
import { readdir, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { loadDataset, type LoadedDataset, type LoadingOptions } from '../../../src/engine/data/dataset';
import type { Example } from '../../../src/engine/data/example';
import type { ExampleStreamOptions } from '../../../src/engine/data/exampleStream';
import { splitValidation } from '../../../src/engine/data/split';
import { TokenCache } from '../../../src/engine/data/store/tokenCache';
import { Tokenizer } from '../../../src/engine/data/tokenizer';
import { dataFile, EMBEDDED_MODEL, EXAMPLE_DATA, temporaryFolder } from './files';

let tokenizer: Tokenizer;
let stream: ExampleStreamOptions;
beforeAll(async () => {
  tokenizer = (await Tokenizer.load(EMBEDDED_MODEL))!;
  stream = {
    files: [join(EXAMPLE_DATA, 'pronounce.validation.jsonl')],
    tokenizer,
    vocabularySize: 4096,
    maxLength: 18,
  };
});

async function newCache(): Promise<TokenCache> {
  return new TokenCache(join(await temporaryFolder(), 'tokens'));
}

/** The dataset; its examples go to the cache unless `memoryBytes` says otherwise. */
async function load(
  cache: TokenCache,
  options: LoadingOptions = {},
  from: ExampleStreamOptions = stream,
): Promise<LoadedDataset> {
  const dataset = await loadDataset(from, { cache, memoryBytes: 0, ...options });
  onTestFinished(() => dataset.close());
  return dataset;
}

function all({ examples }: LoadedDataset): Promise<Example[]> {
  return examples.read(Array.from({ length: examples.length }, (_, index) => index));
}

test('few examples stay in memory and write nothing', async () => {
  const cache = await newCache();
  const dataset = await loadDataset(stream, { cache });
  expect(dataset.examples).toHaveLength(800);
  await expect(readdir(cache.folder)).rejects.toThrow('ENOENT');
});

test('from the cache come the examples that tokenizing gave, with the same figures and the same split', async () => {
  const memory = await load(await newCache(), { memoryBytes: Infinity });
  expect(memory.truncated).toBeGreaterThan(0);
  const cache = await newCache();
  // 100 KB are passed after the first batch: what was gathered and what came later are both stored.
  const first = await load(cache, { memoryBytes: 100_000 });
  const encode = vi.spyOn(tokenizer, 'encodeBatch');
  const second = await load(cache);
  expect(encode).not.toHaveBeenCalled();
  encode.mockRestore();
  for (const stored of [first, second]) {
    expect(await all(stored)).toEqual(await all(memory));
    const { key, counts, tokens, supervisedTokens, longest, truncated } = memory;
    expect(stored).toMatchObject({ key, counts, tokens, supervisedTokens, longest, truncated });
    const splits = await Promise.all([memory, stored].map((dataset) => splitValidation(dataset, 0.1, 4)));
    const held = splits.map(({ validation }) => validation.examples.read([0, 1, 79]));
    expect(await held[1]).toEqual(await held[0]);
  }
});

test('a damaged store is made again, and said so', async () => {
  const cache = await newCache();
  const before = await load(cache);
  const expected = await all(before);
  await truncate(join(cache.folder, before.key, 'tokens.bin'), 5000);
  const notes: string[] = [];
  const again = await load(cache, { onNote: (note) => notes.push(note) });
  expect(await all(again)).toEqual(expected);
  expect(notes).toEqual([
    expect.stringMatching(/is damaged \(tokens\.bin is not of its size\); the data is tokenized/),
  ]);
});

test('several that tokenize the same data at once all get it, and leave one store', async () => {
  const cache = await newCache();
  const datasets = await Promise.all(Array.from({ length: 4 }, () => load(cache)));
  const expected = await all(datasets[0]!);
  for (const dataset of datasets) expect(await all(dataset)).toEqual(expected);
  expect(await readdir(cache.folder)).toEqual([datasets[0]!.key]);
});

test('labels that are not their tokens are stored as they are, wherever they come', async () => {
  const lines = Array.from({ length: 700 }, (_, line) => {
    const ids = [1, 2, 3 + (line % 5)];
    return line === 650 ? { input_ids: ids, labels: [-100, 9, -100] } : { input_ids: ids };
  });
  const from = { ...stream, tokenizer: undefined, files: [await dataFile(...lines)] };
  const memory = await load(await newCache(), { memoryBytes: Infinity }, from);
  const cache = await newCache();
  const stored = await load(cache, {}, from);
  expect(await all(stored)).toEqual(await all(memory));
  expect((await stored.examples.read([650]))[0]!.labels).toEqual(Int32Array.of(-100, 9, -100));
  expect(await readdir(cache.folder)).toEqual([stored.key]);
});

test('tokenizing that is aborted, or whose data changes meanwhile, leaves nothing in the cache', async () => {
  const cache = await newCache();
  const abort = new AbortController();
  const aborted = load(
    cache,
    { onProgress: () => abort.abort(new Error('stopped')) },
    { ...stream, signal: abort.signal },
  );
  await expect(aborted).rejects.toThrow('stopped');
  const file = await dataFile({ text: 'one' }, { text: 'two' });
  const changed = load(cache, { onProgress: () => appendFileSync(file, '\n{}') }, { ...stream, files: [file] });
  await expect(changed).rejects.toThrow(/data\.jsonl: changed while it was being read/);
  const small = await dataFile({ text: 'one' }, { text: 'two' });
  const heldInMemory = { memoryBytes: Infinity, onProgress: () => appendFileSync(small, '\n{}') };
  await expect(load(cache, heldInMemory, { ...stream, files: [small] })).rejects.toThrow(/changed while it was being/);
  expect(await readdir(cache.folder)).toEqual([]);
});

test('progress of what is tokenized is told to the end', async () => {
  const shares: number[] = [];
  await load(await newCache(), { onProgress: (share) => shares.push(share) });
  expect(shares.at(-1)).toBe(1);
  expect(shares).toEqual([...shares].sort((a, b) => a - b));
});
