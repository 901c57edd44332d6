import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EvaluationReport } from '../../src/engine/rpc/evaluation';
import { events, mora, projectFolder, repository, startMora, tinyModel } from './commandLine';

let folder: string;
let file: string;
let remove: () => Promise<void>;

beforeAll(async () => {
  ({ folder, file, remove } = await projectFolder());
});

afterAll(() => remove());

async function trained(name: string, settings: Record<string, unknown>): Promise<string> {
  const root = path.join(folder, name);
  const all = { 'training.evaluateEvery': 3, 'training.steps': 6, 'training.learningRate': 3e-2, ...settings };
  const set = Object.entries(all).flatMap(([field, value]) => ['--set', `${field}=${JSON.stringify(value)}`]);
  expect(await mora(['train', file, '--json', ...set, '--run-dir', root])).toMatchObject({ code: 0 });
  return root;
}

/** What training measured on the validation examples after a step. */
async function measuredAt(root: string, step: number): Promise<Record<string, unknown>> {
  const metrics = events(await readFile(path.join(root, 'metrics.jsonl'), 'utf8'));
  return metrics.find((metric) => metric.kind === 'evaluation' && metric.step === step)!;
}

async function evaluated(...words: string[]): Promise<EvaluationReport> {
  const { code, stdout } = await mora(['evaluate', ...words, '--json']);
  expect(code).toBe(0);
  return JSON.parse(stdout) as EvaluationReport;
}

describe('mora evaluate measures what training measured', () => {
  it.each([
    ['MoRA', {}],
    ['rotation', { 'adapter.mode': 'rotation' }],
    ['parts trained in full', { 'adapter.alsoTrain': ['embeddings', 'norms'] }],
    ['ReMoRA', { 'training.remora': { mergeEvery: 2, restartWarmup: 1 } }],
    ['random weights', { model: { config: tinyModel } }],
  ])('of %s, with and without the adapter', async (name, settings) => {
    const root = await trained(name, settings);
    const { base, adapted, data } = await evaluated(root);
    const [before, after] = [await measuredAt(root, 0), await measuredAt(root, 6)];
    expect(Math.abs(adapted!.loss - (after.loss as number))).toBeLessThan(1e-6);
    expect(Math.abs(base!.loss - (before.loss as number))).toBeLessThan(1e-6);
    expect(adapted!.accuracy).toBe(after.accuracy);
    expect(base!.accuracy).toBe(before.accuracy);
    expect(Math.abs(adapted!.loss - base!.loss)).toBeGreaterThan(1e-3);
    expect(data).toMatchObject({ examples: 4, available: 4 });
  });

  it('of a configuration, with the best checkpoint of its run', async () => {
    const root = await trained('rising', {
      'training.learningRate': 0.3,
      'training.warmup': 0,
      'training.evaluateEvery': 1,
    });
    const status = JSON.parse(await readFile(path.join(root, 'status.json'), 'utf8')) as {
      bestStep: number;
      bestLoss: number;
    };
    const { base, adapted } = await evaluated(file, '--adapter', root, '--best', '--no-base', '--no-exact-match');
    expect(base).toBe(null);
    expect(Math.abs(adapted!.loss - status.bestLoss)).toBeLessThan(1e-6);
    expect(adapted!.exactMatch).toBe(null);
  });
});

describe('mora evaluate', () => {
  it('takes a model folder and data, and shows a table', async () => {
    const { code, stdout, stderr } = await mora(
      ['evaluate', tinyModel, '--data', 'train.jsonl', '--limit', '5'],
      folder,
    );
    expect(stderr).toBe('');
    expect(code).toBe(0);
    const data = 'train.jsonl: the first 5 of 24 examples, 40 tokens, 35 supervised';
    expect(stdout).toMatch(/^model {4}\S+\/llama\n/);
    expect(stdout).toContain(`\ndata     ${data}\n`);
    expect(stdout).toMatch(
      /\n {14} +base\nloss +\d\.\d{4}\nperplexity +[\d.]+\ntoken accuracy +[\d.]+ %\nexact match +[\d.]+ %\n$/,
    );
  });

  it('takes the data settings of the run that an adapter is of', async () => {
    const root = await trained('short', { 'data.maxLength': 7 });
    const { data } = await evaluated(tinyModel, '--adapter', root, '--data', path.join(folder, 'train.jsonl'));
    expect(data).toMatchObject({ examples: 24, cut: 14 });
    const longer = await evaluated(
      tinyModel,
      '--adapter',
      root,
      '--data',
      path.join(folder, 'train.jsonl'),
      '--set',
      'data.maxLength=64',
    );
    expect(longer.data.cut).toBe(0);
  });

  it.each([
    [
      'a model without data',
      [tinyModel],
      /^mora: \S+: is a model and says nothing of data; give some with --data FILE\.\n$/,
    ],
    ['no model', ['nowhere', '--data', 'x'], /^mora: nowhere: there is no such file or folder; .*\n$/],
    [
      'data that is not there',
      [tinyModel, '--data', 'nowhere.jsonl'],
      /^mora: "--data" names \S+nowhere\.jsonl, but there is no such file or folder; correct the path\.\n$/,
    ],
    ['--best of nothing', [tinyModel, '--data', 'train.jsonl', '--best'], /^mora: --best .* --adapter\.\n$/],
    ['--no-base of nothing', [tinyModel, '--data', 'train.jsonl', '--no-base'], /^mora: --no-base .* --adapter\.\n$/],
  ])('refuses %s in a sentence', async (_, words, message) => {
    const { code, stderr, stdout } = await mora(['evaluate', ...words], folder);
    expect(stderr).toMatch(message);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  });

  it('ends with 130 and without a word on Ctrl+C', async () => {
    const many = path.join(folder, 'many.jsonl');
    const line = await readFile(path.join(repository, 'examples/data/pronounce.train.jsonl'), 'utf8');
    await writeFile(many, line.repeat(4));
    const command = startMora(['evaluate', path.join(repository, 'media/model/tiny-llama-3m'), '--data', many]);
    await new Promise((resolve) => setTimeout(resolve, 3000));
    command.child.kill('SIGINT');
    expect(await command.outcome).toMatchObject({ code: 130, stdout: '', stderr: '' });
  });
});
