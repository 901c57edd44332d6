import { beforeEach, describe, expect, it, vi } from 'vitest';
import { exportAdapter } from '../../../src/cli/export';
import { doctor } from '../../../src/cli/doctor';
import { download } from '../../../src/cli/download';
import { evaluate } from '../../../src/cli/evaluate';
import { generate } from '../../../src/cli/generate';
import { mcp } from '../../../src/cli/mcp';
import { plan } from '../../../src/cli/plan';
import { program } from '../../../src/cli/program';
import { suggest } from '../../../src/cli/suggest';
import { train } from '../../../src/cli/train';

vi.mock('../../../src/cli/train', () => ({ train: vi.fn(() => Promise.resolve(0)), trainPrepared: vi.fn() }));
vi.mock('../../../src/cli/plan', () => ({ plan: vi.fn(() => Promise.resolve()) }));
vi.mock('../../../src/cli/export', () => ({ exportAdapter: vi.fn(() => Promise.resolve(0)) }));
vi.mock('../../../src/cli/download', () => ({ download: vi.fn(() => Promise.resolve(0)) }));
vi.mock('../../../src/cli/mcp', () => ({ mcp: vi.fn(() => Promise.resolve()) }));
vi.mock('../../../src/cli/doctor', () => ({ doctor: vi.fn(() => Promise.resolve(1)) }));
vi.mock('../../../src/cli/suggest', () => ({ suggest: vi.fn(() => Promise.resolve(0)) }));
vi.mock('../../../src/cli/evaluate', () => ({ evaluate: vi.fn(() => Promise.resolve(0)) }));
vi.mock('../../../src/cli/generate', () => ({ generate: vi.fn(() => Promise.resolve(130)) }));

let exitCode: number | undefined;

function run(...words: string[]): Promise<unknown> {
  return program((code) => {
    exitCode = code;
  }).parseAsync(words, { from: 'user' });
}

beforeEach(() => {
  vi.clearAllMocks();
  exitCode = undefined;
});

describe('arguments', () => {
  it('of train', async () => {
    await run(
      'train',
      'a.mora.json',
      '--set',
      'training.steps=5',
      '--set',
      'adapter.mode=1',
      '--run-dir',
      'r',
      '--json',
    );
    const set = { 'training.steps': 5, 'adapter.mode': 1 };
    expect(vi.mocked(train).mock.lastCall).toEqual(['a.mora.json', { set, runDir: 'r', json: true, debug: false }]);
    expect(exitCode).toBe(0);
  });

  it('of train that resumes, without a file', async () => {
    await run('train', '--resume', 'r', '--debug');
    expect(vi.mocked(train).mock.lastCall).toEqual([undefined, { set: {}, resume: 'r', json: false, debug: true }]);
  });

  it('of plan', async () => {
    await run('plan', 'a.mora.json', '--examples', '7');
    expect(vi.mocked(plan).mock.lastCall?.slice(0, 2)).toEqual([
      'a.mora.json',
      { examples: 7, measure: false, json: false, debug: false },
    ]);
  });

  it('of mcp and doctor', async () => {
    await run('mcp', '--root', 'a', '--root', 'b', '--read-only');
    expect(vi.mocked(mcp).mock.lastCall?.[0]).toEqual({ root: ['a', 'b'], readOnly: true, debug: false });
    await run('mcp');
    expect(vi.mocked(mcp).mock.lastCall?.[0]).toEqual({ root: [], readOnly: false, debug: false });
    await run('doctor', '--json');
    expect(vi.mocked(doctor).mock.lastCall?.[0]).toEqual({ json: true, debug: false });
    expect(exitCode).toBe(1);
  });

  it('of evaluate', async () => {
    await run('evaluate', 'a.mora.json', '--data', 'a', '--data', 'b', '--no-base', '--set', 'data.maxLength=9');
    const usual = { best: false, exactMatch: true, json: false, debug: false };
    const asked = { ...usual, data: ['a', 'b'], base: false, set: { 'data.maxLength': 9 } };
    expect(vi.mocked(evaluate).mock.lastCall).toEqual(['a.mora.json', asked]);
    await run('evaluate', 'm', '--adapter', 'r', '--best', '--limit', '5', '--batch-size', '2', '--no-exact-match');
    const other = { adapter: 'r', best: true, limit: 5, batchSize: 2, exactMatch: false };
    expect(vi.mocked(evaluate).mock.lastCall).toEqual(['m', { ...usual, data: [], base: true, set: {}, ...other }]);
    await expect(run('evaluate', 'm', '--limit', '0')).rejects.toThrow(/1 or more/);
  });

  it('of merge, which is the export of a whole model', async () => {
    await run('merge', 'run', '--out', 'm', '--dtype', 'bfloat16');
    const options = { out: 'm', format: 'merged', dtype: 'bfloat16', best: false, json: false, debug: false };
    expect(vi.mocked(exportAdapter).mock.lastCall).toEqual(['run', options]);
    await expect(run('merge', 'run', '--out', 'm', '--dtype', 'int8')).rejects.toThrow(/float32, float16, bfloat16/);
    await expect(run('merge', 'run')).rejects.toThrow(/--out/);
  });

  it('of export', async () => {
    await run('export', 'run', '--best', '--format', 'peft', '--rank', '4', '--out', 'd', '--model', 'base', '--json');
    const options = { out: 'd', format: 'peft', rank: 4, best: true, model: 'base', json: true, debug: false };
    expect(vi.mocked(exportAdapter).mock.lastCall).toEqual(['run', options]);
    await expect(run('export', 'run', '--out', 'd')).rejects.toThrow(/--format/);
    await expect(run('export', 'run', '--out', 'd', '--format', 'peft', '--rank', '0')).rejects.toThrow(/1 or more/);
  });

  it('of plan that suggests, which any of its options asks for', async () => {
    await run('plan', 'a.mora.json', '--suggest', '--share', '0.25', '--budget', '9000', '--batches', '2', '--json');
    const asked = { share: 0.25, budget: 9000, batches: 2, json: true, debug: false };
    expect(vi.mocked(suggest).mock.lastCall).toEqual(['a.mora.json', asked]);
    await run('plan', 'a.mora.json', '--yes');
    const written = { write: true, yes: true, json: false, debug: false };
    expect(vi.mocked(suggest).mock.lastCall).toEqual(['a.mora.json', written]);
    expect(plan).not.toHaveBeenCalled();
  });

  it('of generate', async () => {
    await run('generate', 'model', '--prompt', 'a b', '--temperature', '0.7', '--max-tokens', '9', '--seed', '4');
    const options = { prompt: 'a b', temperature: 0.7, maxTokens: 9, seed: 4, debug: false };
    const flags = { best: false, chat: false, compare: false, json: false, stop: [] };
    expect(vi.mocked(generate).mock.lastCall).toEqual(['model', { ...options, ...flags }]);
    expect(exitCode).toBe(130);
  });

  it('of download', async () => {
    await run('download', 'org/name', '--revision', 'v1');
    expect(vi.mocked(download).mock.lastCall).toEqual(['org/name', { revision: 'v1', debug: false }]);
    await run('download', 'org/name@v1');
    expect(vi.mocked(download).mock.lastCall).toEqual(['org/name@v1', { debug: false }]);
  });

  it.each([
    [['train', 'a', '--steps', '3'], /unknown option '--steps'/],
    [['train', 'a', 'b'], /too many arguments/],
    [['train', '--set', 'x'], /--set x/],
    [['train', '--resume', 'r', '--run-dir', 'd'], /cannot be used with/],
    [['plan'], /missing required argument 'file'/],
    [['plan', 'a', '--examples', '-1'], /whole number/],
    [['plan', 'a', '--share', '1.5'], /above 0 and at most 1/],
    [['plan', 'a', '--share', '0'], /above 0 and at most 1/],
    [['plan', 'a', '--budget', '0'], /1 or more/],
    [['download'], /missing required argument 'id'/],
    [['generate', 'm', '--prompt', 'p', '--temperature', 'hot'], /must be a number/],
    [['trian'], /unknown command/],
  ])('refuses %j', async (words, message) => {
    await expect(run(...words)).rejects.toThrow(message);
    expect(train).not.toHaveBeenCalled();
  });
});
