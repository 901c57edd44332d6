import { mkdir, open, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Example } from '../../../../src/engine/data/example';
import { memoryExamples } from '../../../../src/engine/data/examples';
import { NOTHING_READ, type ReadingCounts } from '../../../../src/engine/data/readingCounts';
import { LabelsDiffer, type RecordForm } from '../../../../src/engine/data/store/exampleRecord';
import { DamagedStore, TokenStore } from '../../../../src/engine/data/store/tokenStore';
import { TokenStoreWriter } from '../../../../src/engine/data/store/tokenStoreWriter';
import { seededRandom } from '../../../support/seededRandom';
import { temporaryFolder } from '../files';

interface Kind {
  readonly vocabularySize: number;
  readonly maxLength: number;
  readonly labels: RecordForm['labels'];
}

/** Examples of unlike lengths and places, with the largest numbers that the kind allows among them. */
function examplesOf({ vocabularySize, maxLength, labels }: Kind, count: number): Example[] {
  const random = seededRandom(7);
  const token = (): number => Math.floor(random() * vocabularySize);
  return Array.from({ length: count }, (_, index) => {
    const length = index === 3 ? maxLength : 2 + Math.floor(random() * 70);
    const tokens = Int32Array.from({ length }, token);
    tokens[0] = vocabularySize - 1;
    const learned = tokens.map((id, t) => (t > 0 && random() < 0.5 ? id : -100));
    return {
      source: index % 3,
      line: index === 5 ? 2 ** 32 - 1 : index + 1,
      record: Math.floor(index / 2),
      tokens,
      labels: labels === 'list' ? learned.map((id) => (id === -100 ? id : token())) : learned,
      truncated: index % 4 === 1,
    };
  });
}

const counts: ReadingCounts = {
  ...NOTHING_READ,
  records: 17,
  cut: { count: 2, first: '/a/data.jsonl:3' },
  firstUnended: '/a/data:4',
  dropped: { ...NOTHING_READ.dropped, tooLong: { count: 3, first: '/a/data.jsonl, row 7' } },
};

/** A store of these examples, written in batches of 50. */
async function storeOf(kind: Kind, examples: readonly Example[]): Promise<string> {
  const folder = join(await temporaryFolder(), 'store');
  await mkdir(folder);
  const writer = await TokenStoreWriter.create(folder, { ...kind, sources: ['/a/data', '/a/data.jsonl'] });
  try {
    for (let from = 0; from < examples.length; from += 50) await writer.add(examples.slice(from, from + 50));
    await writer.finish(counts);
  } finally {
    await writer.close();
  }
  return folder;
}

const small: Kind = { vocabularySize: 65_536, maxLength: 32_767, labels: 'mask' };
const kinds: [string, Kind][] = [
  ['2-byte tokens and lengths', small],
  ['4-byte tokens and lengths', { vocabularySize: 151_936, maxLength: 32_768, labels: 'mask' }],
  ['labels of their own', { vocabularySize: 300, maxLength: 80, labels: 'list' }],
  ['labels of their own and 4-byte tokens', { vocabularySize: 70_000, maxLength: 80, labels: 'list' }],
];

test.each(kinds)('what a store with %s gives is what was put in', async (_name, kind) => {
  const examples = examplesOf(kind, 333);
  const memory = memoryExamples(examples);
  const store = await TokenStore.open(await storeOf(kind, examples));
  try {
    expect(store).toHaveLength(333);
    const all = Array.from(examples, (_example, index) => index);
    expect(await store.read(all)).toEqual(examples);
    const mixed = [332, 0, 64, 63, 65, 0, 128];
    expect(await store.read(mixed)).toEqual(await memory.read(mixed));
    for (const figure of ['tokensOf', 'supervisedOf', 'truncatedAt'] as const) {
      expect(all.map((index) => store[figure](index))).toEqual(all.map((index) => memory[figure](index)));
    }
    expect(await store.records()).toEqual(await memory.records());
    expect(store.countsAt(['/a/data', '/a/data.jsonl'])).toEqual(counts);
    expect(() => store.tokensOf(333)).toThrow(/there is no example 333 among 333/);
  } finally {
    await store.close();
  }
});

test('a store takes two bytes a token, a bit a label and sixteen bytes an example', async () => {
  const examples = [1000, 64, 2].map((length, index): Example => {
    const tokens = new Int32Array(length).fill(7);
    return { source: 0, line: index, record: index, tokens, labels: tokens, truncated: false };
  });
  const folder = await storeOf(small, examples);
  const perExample = (length: number): number => 16 + 4 * Math.ceil(length / 2) + 4 * Math.ceil(length / 32);
  expect((await stat(join(folder, 'tokens.bin'))).size).toBe(perExample(1000) + perExample(64) + perExample(2));
});

test('labels that a mask cannot say are refused, not changed', async () => {
  const tokens = Int32Array.of(1, 2, 3);
  const labels = Int32Array.of(-100, 2, 4);
  const example = { source: 0, line: 1, record: 0, tokens, labels, truncated: false };
  await expect(storeOf(small, [example])).rejects.toThrow(LabelsDiffer);
});

/** Changes one byte of a file. */
async function flip(file: string, position: number): Promise<void> {
  const handle = await open(file, 'r+');
  const byte = Buffer.alloc(1);
  await handle.read(byte, 0, 1, position);
  byte[0] = byte[0]! ^ 0x10;
  await handle.write(byte, 0, 1, position);
  await handle.close();
}

test.each<[string, (folder: string) => Promise<void>]>([
  ['tokens were cut off', (folder) => truncate(join(folder, 'tokens.bin'), 1000)],
  ['tokens are missing', (folder) => rm(join(folder, 'tokens.bin'))],
  ['lengths were changed', (folder) => flip(join(folder, 'lengths.bin'), 40)],
  ['lengths were cut off', (folder) => truncate(join(folder, 'lengths.bin'), 40)],
  ['supervised counts were changed', (folder) => flip(join(folder, 'supervised.bin'), 41)],
  ['records were cut off', (folder) => truncate(join(folder, 'records.bin'), 4)],
  ['header is half', async (folder) => truncate(join(folder, 'store.json'), 100)],
  ['header was never written', (folder) => rm(join(folder, 'store.json'))],
  [
    'header is of a later version',
    async (folder) => {
      const file = join(folder, 'store.json');
      await writeFile(file, (await readFile(file, 'utf8')).replace('"version": 2', '"version": 3'));
    },
  ],
])('a store whose %s is found damaged when it is opened', async (_what, damage) => {
  const folder = await storeOf(small, examplesOf(small, 60));
  await damage(folder);
  await expect(TokenStore.open(folder)).rejects.toThrow(DamagedStore);
});

test('tokens that changed on the disk are never trained on, and the store is discarded', async () => {
  const folder = await storeOf(small, examplesOf({ ...small, maxLength: 70 }, 200));
  const store = await TokenStore.open(folder);
  try {
    const size = (await stat(join(folder, 'tokens.bin'))).size;
    await flip(join(folder, 'tokens.bin'), Math.floor(size / 2));
    const all = Array.from({ length: 200 }, (_, index) => index);
    await expect(store.read(all)).rejects.toThrow(/damaged and was discarded; resume the run, and it is made again/);
    await expect(TokenStore.open(folder)).rejects.toThrow(DamagedStore);
  } finally {
    await store.close();
  }
});

test('an example of zeros, as a disk that lost power leaves, is found damaged', async () => {
  const folder = await storeOf(small, examplesOf({ ...small, maxLength: 70 }, 4));
  await writeFile(join(folder, 'tokens.bin'), Buffer.alloc((await stat(join(folder, 'tokens.bin'))).size));
  const store = await TokenStore.open(folder);
  try {
    await expect(store.read([2])).rejects.toThrow(/damaged and was discarded/);
  } finally {
    await store.close();
  }
});

test('records that changed on the disk are refused when they are asked for', async () => {
  const folder = await storeOf(small, examplesOf(small, 60));
  await flip(join(folder, 'records.bin'), 9);
  const store = await TokenStore.open(folder);
  try {
    await expect(store.records()).rejects.toThrow(/damaged and was discarded/);
  } finally {
    await store.close();
  }
});

test('places in the data are named where it lies now, though the store was made when it lay elsewhere', async () => {
  const store = await TokenStore.open(await storeOf(small, examplesOf(small, 10)));
  try {
    expect(store.countsAt(['/b/first', '/b/second.jsonl'])).toEqual({
      ...counts,
      cut: { count: 2, first: '/b/second.jsonl:3' },
      firstUnended: '/b/first:4',
      dropped: { ...counts.dropped, tooLong: { count: 3, first: '/b/second.jsonl, row 7' } },
    });
  } finally {
    await store.close();
  }
});
