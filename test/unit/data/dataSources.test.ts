import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { dataSources } from '../../../src/config/dataSources';
import { requireConfiguration } from '../../../src/config/parse';
import { resolvePaths } from '../../../src/config/resolvePaths';
import { UserError } from '../../../src/config/userError';
import { temporaryFolder } from './files';

/** A folder with these files, empty. */
async function folderOf(...files: string[]): Promise<string> {
  const folder = await temporaryFolder();
  for (const file of files) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), '');
  }
  return folder;
}

/** What a document in `folder` trains and validates on, relative to it. */
async function namesOf(folder: string, train: string | string[], validation: string | number = 0) {
  const document = { model: 'm', data: { train, validation } };
  const configuration = resolvePaths(requireConfiguration(JSON.stringify(document), 'a.mora.json'), folder);
  // What a run keeps is resolved again when it is read.
  expect(resolvePaths(configuration, '/elsewhere')).toEqual(configuration);
  const sources = await dataSources(configuration.data);
  const relative = (files: readonly string[]): string[] => files.map((file) => file.slice(folder.length + 1));
  return { ...sources, train: relative(sources.train), validation: relative(sources.validation) };
}

test('a folder is all files of known endings in it and below, in order, without hidden ones and those about the data', async () => {
  const folder = await folderOf(
    'data/b.jsonl',
    'data/a.txt',
    'data/sub/c.parquet',
    'data/sub/d.json.gz',
    'data/.hidden.jsonl',
    'data/.git/e.json',
    'data/README.md',
    'data/LICENSE.txt',
    'data/dataset_infos.json',
    'data/picture.png',
    'data/Makefile',
  );
  expect((await namesOf(folder, 'data')).train).toEqual([
    'data/a.txt',
    'data/b.jsonl',
    'data/sub/c.parquet',
    'data/sub/d.json.gz',
  ]);
});

test('a link is followed to a file within its folder, and not out of it', async () => {
  const folder = await folderOf('data/real/a.jsonl', 'outside/b.jsonl');
  await symlink(join(folder, 'data/real/a.jsonl'), join(folder, 'data/link.jsonl'));
  await symlink(join(folder, 'outside/b.jsonl'), join(folder, 'data/out.jsonl'));
  await symlink(join(folder, 'data'), join(folder, 'data/circle'));
  await symlink(join(folder, 'nowhere'), join(folder, 'data/broken.jsonl'));
  expect((await namesOf(folder, 'data')).train).toEqual(['data/link.jsonl', 'data/real/a.jsonl']);
  // Who names a link means it.
  expect((await namesOf(folder, 'data/out.jsonl')).train).toEqual(['data/out.jsonl']);
});

test('a list may mix files, folders and patterns; each file counts once', async () => {
  const folder = await folderOf(
    'one.jsonl',
    'data/a.jsonl',
    'data/b.jsonl',
    'more/c-1.csv',
    'more/c-2.csv',
    'more/d.txt',
  );
  const train = ['one.jsonl', 'more/c-*.csv', 'data', 'data/a.jsonl'];
  expect((await namesOf(folder, train)).train).toEqual([
    'one.jsonl',
    'more/c-1.csv',
    'more/c-2.csv',
    'data/a.jsonl',
    'data/b.jsonl',
  ]);
  expect((await namesOf(folder, '**/*.{csv,txt}')).train).toEqual(['more/c-1.csv', 'more/c-2.csv', 'more/d.txt']);
});

test('the name of a folder is no pattern, and a file whose name looks like one is that file', async () => {
  const folder = join(await folderOf('a [1]/data {x}/b.jsonl', 'a [1]/c[2].jsonl'), 'a [1]');
  expect((await namesOf(folder, 'data*/*.jsonl')).train).toEqual(['data {x}/b.jsonl']);
  expect((await namesOf(folder, 'c[[]2].jsonl')).train).toEqual(['c[2].jsonl']);
});

test('what is named for validation is not trained on', async () => {
  const folder = await folderOf('data/a.jsonl', 'data/b.jsonl', 'data/held/c.jsonl', 'data/held/d.jsonl');
  expect(await namesOf(folder, 'data', 'data/held')).toEqual({
    train: ['data/a.jsonl', 'data/b.jsonl'],
    validation: ['data/held/c.jsonl', 'data/held/d.jsonl'],
    heldOutFiles: 2,
  });
  expect(await namesOf(folder, 'data/*.jsonl', 'data/held/*')).toMatchObject({ heldOutFiles: 0 });
  await expect(namesOf(folder, 'data/held', 'data')).rejects.toThrow(
    /"data\.validation" names every file of "data\.train"/,
  );
});

describe('a source that stands for nothing is one sentence', () => {
  test.each([
    [
      'nowhere.jsonl',
      /^"data\.train" names .*nowhere\.jsonl, but there is no such file or folder; correct the path\.$/,
    ],
    ['one.jsonl/two.jsonl', /there is no such file or folder/],
    [
      'empty',
      /^"data\.train" names the folder .*empty, but no file in it ends in \.jsonl, .*\.md; correct the path\.$/,
    ],
    [
      'data/*.parquet',
      /^"data\.train" has the pattern .*data\/\*\.parquet, but no file matches it; correct the pattern\.$/,
    ],
  ])('%s', async (train, message) => {
    const folder = await folderOf('one.jsonl', 'data/a.jsonl', 'empty/a.png');
    const error: unknown = await namesOf(folder, train).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).message).toMatch(message);
  });
});
