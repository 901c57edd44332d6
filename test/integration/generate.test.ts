import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readStatus } from '../../src/run/status';
import { events, mora, projectFolder, repository } from './commandLine';

const model = path.join(repository, 'media/model/tiny-llama-3m');
const prompt = ['--prompt', 'pronounce: table\n', '--max-tokens', '12'];

let folder: string;
let file: string;
let remove: () => Promise<void>;

beforeAll(async () => {
  ({ folder, file, remove } = await projectFolder());
});

afterAll(() => remove());

/** Trains the embedded model, or its shape, on a few words. */
async function trained(name: string, settings: Record<string, unknown>): Promise<string> {
  const root = path.join(folder, name);
  const all = {
    model,
    'data.train': path.join(repository, 'examples/data/pronounce.train.jsonl'),
    'data.validation': 40,
    'data.maxLength': 64,
    'training.batchSize': 8,
    'training.warmup': 0,
    'training.schedule': 'constant',
    ...settings,
  };
  const set = Object.entries(all).flatMap(([field, value]) => ['--set', `${field}=${JSON.stringify(value)}`]);
  expect(await mora(['train', file, '--json', ...set, '--run-dir', root])).toMatchObject({ code: 0 });
  return root;
}

async function generated(...words: string[]): Promise<string> {
  const { code, stdout } = await mora(['generate', ...words, ...prompt]);
  expect(code).toBe(0);
  return stdout;
}

describe('mora generate with a run', () => {
  let root: string;
  let best: number;

  beforeAll(async () => {
    root = await trained('run', { 'training.learningRate': 0.01, 'training.evaluateEvery': 1, 'training.steps': 5 });
    // One more step, so large that it undoes what was learned.
    const worse = ['--set', 'training.steps=6', '--set', 'training.learningRate=10'];
    expect(await mora(['train', '--resume', root, '--json', ...worse])).toMatchObject({ code: 0 });
    best = (await readStatus(path.join(root, 'status.json')))!.bestStep!;
    expect(best).toBeLessThan(6);
  });

  const checkpoint = (step: number): string => path.join(root, 'checkpoints', `step-${String(step).padStart(7, '0')}`);

  it('takes its newest checkpoint, and with --best that of the lowest validation loss', async () => {
    const [newest, lowest] = [
      await generated(model, '--adapter', checkpoint(6)),
      await generated(model, '--adapter', checkpoint(best)),
    ];
    expect(lowest).not.toBe(newest);
    expect(await generated(model, '--adapter', root)).toBe(newest);
    expect(await generated(model, '--adapter', root, '--best')).toBe(lowest);
  });

  it('shows the answers without and with the adapter one below the other with --compare', async () => {
    const [base, adapted] = [await generated(model), await generated(model, '--adapter', root, '--best')];
    expect(adapted).not.toBe(base);
    expect(await generated(model, '--adapter', root, '--best', '--compare')).toBe(
      `base     ${model}\n${base}\nadapter  ${root}, step ${best}\n${adapted}`,
    );
    const lines = events(await generated(model, '--adapter', root, '--best', '--compare', '--json'));
    expect(lines.map(({ adapter, text }) => [adapter, `${String(text)}\n`])).toEqual([
      [null, base],
      [checkpoint(best), adapted],
    ]);
  });
});

it('a model of random weights trains, and generates from the weights that its run keeps', async () => {
  const settings = { model: { config: model }, 'training.learningRate': 0.01, 'training.steps': 4 };
  const root = await trained('random', { ...settings, 'adapter.alsoTrain': ['embeddings', 'norms'] });
  const losses = events(await readFile(path.join(root, 'metrics.jsonl'), 'utf8')).map(({ loss }) => loss as number);
  // Nothing is known of 4096 tokens: ln 4096 = 8.32.
  expect(Math.abs(losses[0]! - Math.log(4096))).toBeLessThan(0.3);
  expect(losses.at(-1)).toBeLessThan(losses[0]! - 1);
  const base = path.join(root, 'base');
  expect(await readdir(base)).toEqual(expect.arrayContaining(['config.json', 'model.safetensors', 'tokenizer.json']));
  const answer = await generated(base, '--adapter', root);
  expect(answer).not.toBe(await generated(base));
  const out = path.join(folder, 'merged');
  expect(await mora(['merge', root, '--out', out])).toMatchObject({ code: 0 });
  expect(await generated(out)).toBe(answer);
});
