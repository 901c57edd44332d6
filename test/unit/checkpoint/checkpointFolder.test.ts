import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { pruneCheckpoints, saveCheckpoint } from '../../../src/engine/checkpoint/checkpointFolder';
import { listCheckpoints } from '../../../src/run/checkpoints';
import { temporaryFolder } from './adapters';

const content = (text: string) => (folder: string) => writeFile(join(folder, 'a.txt'), text);

test('a checkpoint is seen only when it is whole', async () => {
  const checkpoints = join(await temporaryFolder(), 'checkpoints');
  const folder = await saveCheckpoint(checkpoints, 100, async (unfinished) => {
    await mkdir(join(unfinished, 'deeper'));
    await content('x')(join(unfinished, 'deeper'));
    expect(await listCheckpoints(checkpoints)).toEqual([]);
  });
  expect(await listCheckpoints(checkpoints)).toEqual([{ step: 100, folder }]);
  expect(await readFile(join(folder, 'deeper', 'a.txt'), 'utf8')).toBe('x');
});

test('one that fails leaves nothing, and keeps the old one of the step', async () => {
  const checkpoints = await temporaryFolder();
  const folder = await saveCheckpoint(checkpoints, 5, content('old'));
  const failing = saveCheckpoint(checkpoints, 5, async (unfinished) => {
    await content('new')(unfinished);
    throw new Error('disk full');
  });
  await expect(failing).rejects.toThrow('disk full');
  expect(await readdir(checkpoints)).toEqual(['step-0000005']);
  expect(await readFile(join(folder, 'a.txt'), 'utf8')).toBe('old');
});

test('a step saved again replaces the first', async () => {
  const checkpoints = await temporaryFolder();
  await saveCheckpoint(checkpoints, 5, content('old'));
  const folder = await saveCheckpoint(checkpoints, 5, content('new'));
  expect(await readFile(join(folder, 'a.txt'), 'utf8')).toBe('new');
  expect(await readdir(checkpoints)).toEqual(['step-0000005']);
});

test('what an interrupted save or deletion left is taken away', async () => {
  const checkpoints = await temporaryFolder();
  for (const name of ['.step-0000003', '.step-0000001-deleted', 'notes']) await mkdir(join(checkpoints, name));
  await content('half')(join(checkpoints, '.step-0000003'));
  await saveCheckpoint(checkpoints, 3, content('whole'));
  expect((await readdir(checkpoints)).sort()).toEqual(['notes', 'step-0000003']);
});

test('pruning keeps the newest', async () => {
  const checkpoints = await temporaryFolder();
  const steps = async (): Promise<number[]> => (await listCheckpoints(checkpoints)).map(({ step }) => step);
  for (const step of [1, 2, 10, 3]) await saveCheckpoint(checkpoints, step, content(''));
  await pruneCheckpoints(checkpoints, 0);
  expect(await steps()).toEqual([1, 2, 3, 10]);
  await pruneCheckpoints(checkpoints, 3);
  expect(await steps()).toEqual([2, 3, 10]);
  await pruneCheckpoints(checkpoints, 1);
  expect(await steps()).toEqual([10]);
  await pruneCheckpoints(checkpoints, 1);
  expect(await readdir(checkpoints)).toEqual(['step-0000010']);
});
