import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { appendFile, cp, mkdir, rename, truncate, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import type { ExampleStreamOptions } from '../../../../src/engine/data/exampleStream';
import { dataKey, TOKENIZERS_VERSION } from '../../../../src/engine/data/store/dataKey';
import { fileContent } from '../../../../src/engine/data/store/fileContent';
import { Tokenizer } from '../../../../src/engine/data/tokenizer';
import { dataFile, EMBEDDED_MODEL, temporaryFolder } from '../files';

let tokenizer: Tokenizer;
beforeAll(async () => {
  tokenizer = (await Tokenizer.load(EMBEDDED_MODEL))!;
});
afterEach(() => {
  vi.useRealTimers();
});

async function keyOf(options: Partial<ExampleStreamOptions> & Pick<ExampleStreamOptions, 'files'>): Promise<string> {
  const notes = join(await temporaryFolder(), 'files');
  return (await dataKey({ tokenizer, vocabularySize: 4096, maxLength: 512, ...options }, { notes })).key;
}

test('the key follows what is in the files, not where they lie or when they were written', async () => {
  const [a, b] = [await dataFile({ text: 'one' }), await dataFile({ text: 'two' })];
  const key = await keyOf({ files: [a, b] });
  const moved = join(dirname(a), 'moved.jsonl');
  await rename(a, moved);
  await utimes(moved, new Date(0), new Date(0));
  expect(await keyOf({ files: [moved, b] })).toBe(key);
  expect(await keyOf({ files: [b, moved] })).not.toBe(key);
  expect(await keyOf({ files: [moved] })).not.toBe(key);
  const asList = join(dirname(a), 'moved.ndjson');
  await cp(moved, asList);
  expect(await keyOf({ files: [asList, b] })).toBe(key);
  const asText = join(dirname(a), 'moved.txt');
  await cp(moved, asText);
  expect(await keyOf({ files: [asText, b] })).not.toBe(key);
  await appendFile(b, ' ');
  expect(await keyOf({ files: [moved, b] })).not.toBe(key);
});

test('the key follows the tokenizer, its special tokens and every rule', async () => {
  const files = [await dataFile({ text: 'one' })];
  const folder = await temporaryFolder();
  for (const name of ['tokenizer.json', 'tokenizer_config.json', 'generation_config.json', 'config.json']) {
    await cp(join(EMBEDDED_MODEL, name), join(folder, name));
  }
  const key = await keyOf({ files });
  expect(await keyOf({ files, tokenizer: await Tokenizer.load(folder) })).toBe(key);
  // The first token that ends a text is the same, but answers of a conversation end with any of them.
  const generation = join(folder, 'generation_config.json');
  const stops = readFileSync(generation, 'utf8');
  await writeFile(generation, stops.replace('[0, 2]', '[0]'));
  const fewer = await Tokenizer.load(folder);
  expect(fewer!.endToken).toBe(tokenizer.endToken);
  expect(await keyOf({ files, tokenizer: fewer })).not.toBe(key);
  await writeFile(generation, stops);
  const config = join(folder, 'tokenizer_config.json');
  const { eos_token: _, ...rest } = JSON.parse(readFileSync(config, 'utf8')) as Record<string, unknown>;
  await writeFile(config, JSON.stringify({ ...rest, eos_token: tokenizer.tokenText(5) }));
  expect(await keyOf({ files, tokenizer: await Tokenizer.load(folder) })).not.toBe(key);
  await appendFile(join(folder, 'tokenizer.json'), '\n');
  expect(await keyOf({ files, tokenizer: await Tokenizer.load(folder) })).not.toBe(key);
  const template = { file: '/a/template.jinja', source: '{{ messages }}', specialTokens: { eos_token: '</s>' } };
  const others: Partial<ExampleStreamOptions>[] = [
    { tokenizer: undefined },
    { maxLength: 511 },
    { vocabularySize: 1 },
    { longer: 'drop' },
    { fields: { text: 'body' } },
    { template },
    { template: { ...template, source: '{{ tools }}' } },
    { template: { ...template, specialTokens: { eos_token: '<end>' } } },
  ];
  const keys = await Promise.all(others.map((other) => keyOf({ files, ...other })));
  expect(new Set([key, ...keys]).size).toBe(others.length + 1);
  expect(await keyOf({ files, template: { ...template, file: '/b/other.jinja' } })).toBe(keys[5]);
});

test('a file that changes while it is read is refused', async () => {
  const file = await dataFile({ text: 'one' });
  const notes = await temporaryFolder();
  const identity = await dataKey({ files: [file], tokenizer, vocabularySize: 4096, maxLength: 512 }, { notes });
  await identity.requireUntouched();
  await appendFile(file, '\n{"text": "two"}');
  await expect(identity.requireUntouched()).rejects.toThrow(
    /data\.jsonl: changed while it was being read; start again/,
  );
});

test.skipIf(process.platform === 'win32')('a pipe, which gives its data once, is refused', async () => {
  const pipe = join(await temporaryFolder(), 'data.jsonl');
  spawnSync('mkfifo', [pipe]);
  await expect(keyOf({ files: [pipe] })).rejects.toThrow(
    /data\.jsonl: is not a file but a pipe or a device, .*; write/,
  );
});

/** A file of 64 MiB that takes no room on the disk. */
async function largeFile(): Promise<string> {
  const file = join(await temporaryFolder(), 'large.jsonl');
  await writeFile(file, 'x');
  await truncate(file, 64 << 20);
  return file;
}

test('a large file that was not touched is read once', async () => {
  const file = await largeFile();
  const notes = join(dirname(file), 'notes');
  let read = 0;
  const content = (): ReturnType<typeof fileContent> =>
    fileContent(file, notes, { onRead: (bytes) => void (read += bytes) });
  // As if it had been written a while ago: a clock that ticks slowly would not show a change of this moment.
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 10_000 });
  const first = await content();
  expect(read).toBe(64 << 20);
  expect(await content()).toEqual(first);
  expect(read).toBe(64 << 20);
  // Same size, and its time of modification set back: the time of change still tells.
  const then = new Date(Date.now() - 60_000);
  await utimes(file, then, then);
  expect((await content()).sha256).toBe(first.sha256);
  expect(read).toBe(128 << 20);
});

test('a large file that was written a moment ago is not remembered', async () => {
  const file = await largeFile();
  const notes = join(dirname(file), 'notes');
  await mkdir(notes);
  let read = 0;
  for (let time = 0; time < 2; time++) await fileContent(file, notes, { onRead: (bytes) => void (read += bytes) });
  expect(read).toBe(128 << 20);
});

test('the key names the version of the tokenizers package that is installed', () => {
  const manifest = join(import.meta.dirname, '../../../../package.json');
  const { dependencies } = JSON.parse(readFileSync(manifest, 'utf8')) as { dependencies: Record<string, string> };
  expect(dependencies.tokenizers).toBe(TOKENIZERS_VERSION);
});
