import { mkdir, readdir, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Example } from '../../../../src/engine/data/example';
import { NOTHING_READ } from '../../../../src/engine/data/readingCounts';
import { TokenCache, tokenCacheFolder } from '../../../../src/engine/data/store/tokenCache';
import { TokenStoreWriter } from '../../../../src/engine/data/store/tokenStoreWriter';
import { temporaryFolder } from '../files';

const key = (digit: number): string => String(digit).repeat(32);
const ignore = (): void => undefined;

/** Writes a store of some examples, all of this token. */
async function write(folder: string, token: number): Promise<void> {
  const writer = await TokenStoreWriter.create(folder, {
    sources: ['data.jsonl'],
    vocabularySize: 100,
    maxLength: 1000,
    labels: 'mask',
  });
  try {
    const tokens = new Int32Array(1000).fill(token);
    await writer.add([{ source: 0, line: 1, record: 0, tokens, labels: tokens, truncated: false } satisfies Example]);
    await writer.finish({ ...NOTHING_READ, records: 1 });
  } finally {
    await writer.close();
  }
}

async function firstToken(cache: TokenCache, name: string): Promise<number | undefined> {
  const store = await cache.open(name, ignore);
  const token = (await store?.read([0]))?.[0]?.tokens[0];
  await store?.close();
  return token;
}

test('a store is there once it is whole, and not before', async () => {
  const cache = new TokenCache(join(await temporaryFolder(), 'tokens'));
  expect(await firstToken(cache, key(1))).toBeUndefined();
  await cache.fill(key(1), async (folder) => {
    await write(folder, 7);
    expect(await firstToken(cache, key(1))).toBeUndefined();
  });
  expect(await firstToken(cache, key(1))).toBe(7);
  expect(await readdir(cache.folder)).toEqual([key(1)]);
});

test('what fails half way leaves nothing', async () => {
  const cache = new TokenCache(await temporaryFolder());
  const failing = cache.fill(key(1), async (folder) => {
    await write(folder, 7);
    throw new Error('no power');
  });
  await expect(failing).rejects.toThrow('no power');
  expect(await readdir(cache.folder)).toEqual([]);
});

test('of two that write the same store the second takes that of the first', async () => {
  const cache = new TokenCache(await temporaryFolder());
  await cache.fill(key(1), async (slow) => {
    await write(slow, 8);
    await cache.fill(key(1), (quick) => write(quick, 7));
  });
  expect(await firstToken(cache, key(1))).toBe(7);
  expect(await readdir(cache.folder)).toEqual([key(1)]);
});

test('stores used least recently go when all are too large, the newest never', async () => {
  const cache = new TokenCache(await temporaryFolder(), 0);
  const roomy = new TokenCache(cache.folder);
  for (const digit of [1, 2, 3]) await roomy.fill(key(digit), (folder) => write(folder, digit));
  const day = (ago: number): Date => new Date(Date.now() - ago * 86_400_000);
  for (const digit of [1, 2, 3]) {
    for (const name of await readdir(join(cache.folder, key(digit)))) {
      await utimes(join(cache.folder, key(digit), name), day(digit), day(digit));
    }
  }
  // The oldest is used again.
  expect(await firstToken(roomy, key(3))).toBe(3);
  const bytes = async (digit: number): Promise<number> => {
    const folder = join(cache.folder, key(digit));
    const sizes = (await readdir(folder)).map(async (name) => (await stat(join(folder, name))).size);
    return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
  };
  const limited = new TokenCache(cache.folder, 3 * (await bytes(1)));
  await limited.fill(key(4), (folder) => write(folder, 4));
  expect((await readdir(cache.folder)).sort()).toEqual([key(1), key(3), key(4)]);
  await cache.fill(key(5), (folder) => write(folder, 5));
  expect(await readdir(cache.folder)).toEqual([key(5)]);
});

test('a store that is read while room is made can be read to its end', async () => {
  const cache = new TokenCache(await temporaryFolder(), 0);
  await cache.fill(key(1), (folder) => write(folder, 7));
  const store = (await cache.open(key(1), ignore))!;
  await cache.fill(key(2), (folder) => write(folder, 8));
  expect((await store.read([0]))[0]!.tokens[0]).toBe(7);
  await store.close();
  expect(await readdir(cache.folder)).toEqual([key(2)]);
});

test('what a killed process left goes after a day, what another writes now stays', async () => {
  const cache = new TokenCache(await temporaryFolder());
  const left = join(cache.folder, `.${key(1)}-1-aaaaaaaa`);
  const now = join(cache.folder, `.${key(1)}-2-bbbbbbbb`);
  const old = new Date(Date.now() - 25 * 3_600_000);
  for (const folder of [left, now]) {
    await mkdir(folder);
    await writeFile(join(folder, 'tokens.bin'), 'x');
  }
  await utimes(join(left, 'tokens.bin'), old, old);
  await cache.fill(key(2), (folder) => write(folder, 7));
  expect((await readdir(cache.folder)).sort()).toEqual([`.${key(1)}-2-bbbbbbbb`, key(2)]);
});

test('a folder that cannot be written says how to choose another', async () => {
  const file = join(await temporaryFolder(), 'file');
  await writeFile(file, '');
  const cache = new TokenCache(join(file, 'tokens'));
  await expect(cache.fill(key(1), (folder) => write(folder, 7))).rejects.toThrow(
    /tokens: cannot be written; change its permissions, or set MORA_CACHE/,
  );
});

test('the folder is that of the user, of the system, or the one that was named', () => {
  expect(tokenCacheFolder({ MORA_CACHE: '/m', XDG_CACHE_HOME: '/x' }, 'linux')).toBe(join('/m', 'tokens'));
  expect(tokenCacheFolder({ XDG_CACHE_HOME: '/x' }, 'linux')).toBe(join('/x', 'mora-studio', 'tokens'));
  expect(tokenCacheFolder({ LOCALAPPDATA: '/l', XDG_CACHE_HOME: '/x' }, 'win32')).toBe(
    join('/l', 'mora-studio', 'tokens'),
  );
  expect(tokenCacheFolder({ XDG_CACHE_HOME: '' }, 'darwin')).toMatch(/\.cache.mora-studio.tokens$/);
});
