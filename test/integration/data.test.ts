import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readStatus } from '../../src/run/status';
import { mora, projectFolder, repository, startMora } from './commandLine';

let folder: string;
let file: string;
let remove: () => Promise<void>;

beforeEach(async () => {
  ({ folder, file, remove } = await projectFolder());
  process.env.MORA_CACHE = path.join(folder, 'cache');
});

afterEach(async () => {
  delete process.env.MORA_CACHE;
  await remove();
});

it('a run is not resumed with other data, even with as many examples', async () => {
  const root = path.join(folder, 'run');
  expect((await mora(['train', file, '--run-dir', root])).code).toBe(0);
  const data = path.join(folder, 'train.jsonl');
  const lines = await readFile(data, 'utf8');
  await writeFile(data, lines.replace('[0,3,', '[1,3,'));
  const resume = ['train', '--resume', root, '--set', 'training.steps=5', '--json'];
  const { code, stderr } = await mora(resume);
  expect(stderr).toMatch(/^mora: [^\n]*train\.jsonl: is not what the run began with[^\n]*\n$/);
  expect(code).toBe(1);
  await writeFile(data, lines);
  expect((await mora(resume)).code).toBe(0);
});

it('a run that is stopped while it tokenizes ends at once, says so, and leaves no half cache', async () => {
  const line = `${JSON.stringify({ text: 'the ship of the line, and then another word or two to think about; '.repeat(20) })}\n`;
  // 30 MB: seconds of tokenizing, and more than stays in memory.
  await writeFile(path.join(folder, 'train.jsonl'), line.repeat(Math.ceil(30e6 / line.length)));
  const root = path.join(folder, 'run');
  const model = path.join(repository, 'media/model/tiny-llama-3m');
  const settings = ['--set', `model=${model}`, '--set', 'data.validation=0', '--set', 'data.maxLength=512'];
  const command = startMora(['train', file, '--run-dir', root, ...settings]);
  const activity = async (): Promise<string> => (await readStatus(path.join(root, 'status.json')))?.activity ?? '';
  // Well inside: by now examples go to the cache.
  await expect.poll(activity, { timeout: 120_000, interval: 20 }).toMatch(/^tokenizing the data, [5-8]\d %$/);
  expect(await readdir(path.join(folder, 'cache', 'tokens'))).toContainEqual(expect.stringMatching(/^\.[0-9a-f]{32}-/));
  const asked = performance.now();
  command.child.kill('SIGINT');
  expect((await command.outcome).code).toBe(130);
  expect(performance.now() - asked).toBeLessThan(5000);
  expect(await readStatus(path.join(root, 'status.json'))).toMatchObject({ state: 'stopped', step: 0, activity: null });
  expect(await readdir(path.join(folder, 'cache', 'tokens'))).toEqual([]);
});
