import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { cp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readStatus } from '../../src/run/status';
import { mora, projectFolder, tinyConfiguration, tinyModel } from './commandLine';

let folder: string;
let file: string;
let remove: () => Promise<void>;

beforeEach(async () => {
  ({ folder, file, remove } = await projectFolder());
});

afterEach(() => remove());

const { data, adapter } = tinyConfiguration;

/** What is wrong, the document, and the field (or place) that the error must name. */
const documents: [what: string, document: unknown, names: string][] = [
  ['a missing key', { data }, '"model"'],
  ['a missing key within', { ...tinyConfiguration, data: {} }, '"data.train"'],
  ['malformed JSON', '{"model": "m",\n "data": {"train" "t"}}', 'line 2'],
  ['an empty file', '', 'not valid JSON'],
  ['a list', [], 'object'],
  ['an unknown key', { ...tinyConfiguration, lerningRate: 1 }, '"lerningRate"'],
  ['an unknown key within', { ...tinyConfiguration, adapter: { ...adapter, rnak: 8 } }, '"adapter.rnak"'],
  ['mora_type 5', { ...tinyConfiguration, adapter: { ...adapter, mode: 5 } }, '"adapter.mode"'],
  ['a wrong type', { ...tinyConfiguration, training: { steps: 'many' } }, '"training.steps"'],
  ['a number out of bounds', { ...tinyConfiguration, training: { batchSize: 0 } }, '"training.batchSize"'],
  ['a model folder that is not there', { ...tinyConfiguration, model: 'nowhere' }, '"model"'],
  ['a data file that is not there', { ...tinyConfiguration, data: { train: 'nowhere.jsonl' } }, '"data.train"'],
  [
    'a validation file that is not there',
    { ...tinyConfiguration, data: { ...data, validation: 'no' } },
    '"data.validation"',
  ],
  [
    'an adapter that is not there',
    { ...tinyConfiguration, adapter: { ...adapter, initial: 'no' } },
    '"adapter.initial"',
  ],
  [
    'a module the model lacks',
    { ...tinyConfiguration, adapter: { ...adapter, modules: ['c_attn'] } },
    '"adapter.modules"',
  ],
  ['a layer the model lacks', { ...tinyConfiguration, adapter: { ...adapter, layers: '0-9' } }, '"adapter.layers"'],
];

describe('mora train refuses in one line, before it makes a run directory,', () => {
  it.each(documents)('%s', async (_, document, names) => {
    await writeFile(file, typeof document === 'string' ? document : JSON.stringify(document));
    const { code, stdout, stderr } = await mora(['train', file, '--json']);
    expect(stderr).toMatch(/^mora: [^\n]+\n$/);
    expect(stderr).toContain(file);
    expect(stderr).toContain(names);
    expect(stdout).toBe('');
    expect(code).toBe(1);
    expect(existsSync(path.join(folder, '.mora'))).toBe(false);
  });

  it('a configuration that is not there', async () => {
    await rm(file);
    const { code, stderr } = await mora(['train', file]);
    expect(stderr).toMatch(/^mora: [^\n]*tiny\.mora\.json: there is no such file[^\n]*\n$/);
    expect(code).toBe(1);
  });

  it('a run directory with content, which stays as it is', async () => {
    const { code, stderr } = await mora(['train', file, '--run-dir', folder]);
    expect(stderr).toMatch(/^mora: [^\n]*not empty[^\n]*\n$/);
    expect(code).toBe(1);
    expect(existsSync(path.join(folder, 'config.json'))).toBe(false);
  });
});

describe('bad data', () => {
  it.each([
    ['a line that is no JSON', '{"input_ids": [1, 2, 3]}\nnonsense\n', /train\.jsonl.*2/],
    ['a line without a known key', '{"input_ids": [1, 2, 3]}\n{"txet": "a"}\n', /train\.jsonl.*2/],
    ['a token that the model does not know', '{"input_ids": [1, 2, 96]}\n', /train\.jsonl.*1/],
    ['no examples at all', '', /train\.jsonl/],
    ['text for a model without a tokenizer', '{"text": "a b c"}\n', /tokenizer/],
  ])('%s ends the run in one line that says where', async (_, content, message) => {
    await writeFile(path.join(folder, 'train.jsonl'), content);
    const { code, stderr } = await mora(['train', file]);
    expect(stderr).toMatch(/^mora: [^\n]+\n$/);
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain('unexpected');
    expect(code).toBe(1);
  });
});

describe('the other commands refuse in one line', () => {
  it.each([
    [['plan', 'nowhere.mora.json'], /nowhere\.mora\.json: there is no such file/],
    [['inspect', 'nowhere'], /nowhere: there is nothing here/],
    [['generate', 'nowhere', '--prompt', 'a'], /nowhere: there is no such folder/],
    [['generate', tinyModel, '--prompt', 'a'], /tokenizer/],
    [['generate', tinyModel, '--prompt', 'a', '--adapter', 'nowhere'], /nowhere: there is no such folder/],
    [['train', '--resume', 'nowhere'], /nowhere: there is no run here/],
    [['train'], /train needs a configuration/],
    [['tarin'], /unknown command 'tarin'/],
  ])('%j', async (words, message) => {
    const { code, stdout, stderr } = await mora(words, folder);
    expect(stderr).toMatch(/^mora: [^\n]+\n$/);
    expect(stderr).toMatch(message);
    expect(stdout).toBe('');
    expect(code).toBe(1);
  });
});

/** A disk of so many KiB, and its end; undefined where none may be mounted. */
function smallDisk(at: string, kib: number): (() => void) | undefined {
  if (process.platform !== 'linux') return undefined;
  mkdirSync(at);
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${kib}k`, 'tmpfs', at]);
  return mounted.status === 0 ? () => void spawnSync('umount', ['-l', at]) : undefined;
}

it('stops in one sentence when the disk is full, with its newest checkpoint whole', async (context) => {
  const disk = path.join(folder, 'disk');
  const unmount = smallDisk(disk, 700);
  if (unmount === undefined) {
    context.skip('no disk can be mounted here');
    return;
  }
  try {
    const root = path.join(disk, 'run');
    const settings = ['training.steps=400', 'training.saveEvery=1', 'training.keep=0', 'training.evaluateEvery=0'];
    const set = settings.flatMap((setting) => ['--set', setting]);
    const { code, stderr } = await mora(['train', file, '--json', '--run-dir', root, ...set]);
    expect(stderr).toMatch(/^mora: [^\n]*the disk is full[^\n]*the checkpoint of step \d+ is kept[^\n]*\n$/);
    expect(code).toBe(1);
    const status = (await readStatus(path.join(root, 'status.json')))!;
    expect(status).toMatchObject({ state: 'failed', socket: null });
    const step = Number(/step (\d+) is kept/.exec(stderr)![1]);
    // On a larger disk it goes on as if nothing had been.
    const elsewhere = path.join(folder, 'elsewhere');
    await cp(root, elsewhere, { recursive: true });
    const more = await mora(['train', '--resume', elsewhere, '--json', '--set', `training.steps=${step + 2}`]);
    expect(more.code).toBe(0);
    expect(await readStatus(path.join(elsewhere, 'status.json'))).toMatchObject({ state: 'finished', step: step + 2 });
  } finally {
    unmount();
  }
});
