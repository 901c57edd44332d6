import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { requireConfiguration } from '../../../src/config/parse';
import { UserError } from '../../../src/config/userError';
import { prepareRun } from '../../../src/engine/rpc/prepareRun';
import { startTraining } from '../../../src/engine/rpc/startTraining';
import { readStatus } from '../../../src/run/status';

let folder: string;
let configurationFile: string;

const document = {
  $schema: './schema.json',
  model: 'model',
  data: { train: './train.jsonl', validation: '../held/out.jsonl' },
  adapter: { initial: null, mode: 6 },
};

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'prepare-'));
  configurationFile = path.join(folder, 'project', 'word list.mora.json');
  await mkdir(path.join(folder, 'project', 'model'), { recursive: true });
  await mkdir(path.join(folder, 'held'));
  await mkdir(path.join(folder, 'project', 'empty'));
  await writeFile(path.join(folder, 'project', 'model', 'config.json'), '{}');
  await writeFile(path.join(folder, 'project', 'train.jsonl'), '');
  await writeFile(path.join(folder, 'held', 'out.jsonl'), '');
});

afterEach(() => rm(folder, { recursive: true }));

describe('prepareRun', () => {
  it('writes a configuration that means the same from anywhere and can be read again', async () => {
    const { root, configuration } = await prepareRun({ configurationFile, text: JSON.stringify(document) });
    expect(path.dirname(root)).toBe(path.join(folder, 'project', '.mora', 'runs'));
    const text = await readFile(path.join(root, 'config.json'), 'utf8');
    const again = requireConfiguration(text, 'config.json');
    const { $schema: _, ...expected } = configuration;
    expect(again).toEqual(expected);
    expect(again).toMatchObject({
      model: path.join(folder, 'project', 'model'),
      data: {
        train: path.join(folder, 'project', 'train.jsonl'),
        validation: path.join(folder, 'held', 'out.jsonl'),
        maxLength: 512,
      },
      adapter: { mode: 'rotation', rank: 8 },
    });
    expect(await readStatus(path.join(root, 'status.json'))).toMatchObject({ state: 'starting', configurationFile });
  });

  it('applies overrides as if they had been typed into the document', async () => {
    const overrides = { 'training.steps': 500, 'adapter.rank': 4, 'data.validation': 0 };
    const { configuration } = await prepareRun({ configurationFile, text: JSON.stringify(document), overrides });
    expect(configuration.training.steps).toBe(500);
    expect(configuration.adapter).toMatchObject({ rank: 4, mode: 'rotation' });
    expect(configuration.data.validation).toBe(0);
  });

  const refused: [what: string, overrides: Record<string, unknown>, field: string][] = [
    ['a model folder that is not there', { model: 'elsewhere' }, '"model"'],
    ['a model folder that is a file', { model: 'train.jsonl' }, '"model"'],
    ['a folder without a model', { model: '../held' }, '"model"'],
    ['a data file that is not there', { 'data.train': 'nowhere.jsonl' }, '"data.train"'],
    ['a validation folder without data', { 'data.validation': 'empty' }, '"data.validation"'],
    ['a pattern that matches nothing', { 'data.train': 'held/*.parquet' }, '"data.train"'],
    ['a validation file that is all there is to train on', { 'data.validation': 'train.jsonl' }, '"data.validation"'],
    ['a chat template that is not there', { 'data.template': 'chat.jinja' }, '"data.template"'],
    ['an initial adapter that is not there', { 'adapter.initial': 'nowhere' }, '"adapter.initial"'],
    ['a wrong type', { 'training.steps': 'many' }, '"training.steps"'],
    ['an unknown key', { 'training.stepz': 1 }, '"training.stepz"'],
    ['a key below a value', { 'data.validation.share': 0 }, '"data.validation"'],
    ['mora_type 5', { 'adapter.mode': 5 }, '"adapter.mode"'],
  ];
  it.each(refused)('refuses %s in one sentence and writes nothing', async (_, overrides, field) => {
    const request = { configurationFile, text: JSON.stringify(document), overrides };
    const failure = (await prepareRun(request).catch((error: unknown) => error)) as Error;
    expect(failure).toBeInstanceOf(UserError);
    expect(failure.message).toContain(configurationFile);
    expect(failure.message).toContain(field);
    expect(failure.message).not.toContain('\n');
    expect(existsSync(path.join(folder, 'project', '.mora'))).toBe(false);
  });

  it('refuses a run directory with content', async () => {
    const request = { configurationFile, text: JSON.stringify(document), root: path.join(folder, 'held') };
    await expect(prepareRun(request)).rejects.toThrow(/is not empty/);
  });
});

describe('startTraining', () => {
  it('marks a run failed whose engine ended before it wrote a word, and keeps what it printed', async () => {
    const { root } = await prepareRun({ configurationFile, text: JSON.stringify(document) });
    const engine = path.join(import.meta.dirname, 'fakeEngine.mjs');
    const training = await startTraining({ node: process.execPath, engine, root });
    expect(await training.exited).toEqual({ code: 3, signal: null });
    const status = await readStatus(path.join(root, 'status.json'));
    expect(status).toMatchObject({ state: 'failed', error: expect.stringContaining('exit code 3') });
    expect(await readFile(path.join(root, 'log.txt'), 'utf8')).toBe(`training in ${root}\n`);
  });

  it('marks a run failed that has no program to run the engine', async () => {
    const { root } = await prepareRun({ configurationFile, text: JSON.stringify(document) });
    const request = { node: '/no/such/node', engine: 'engine.js', root };
    await expect(startTraining(request)).rejects.toBeInstanceOf(UserError);
    expect(await readStatus(path.join(root, 'status.json'))).toMatchObject({ state: 'failed' });
  });
});
