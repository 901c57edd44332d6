import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { prepareRun } from '../../src/engine/rpc/prepareRun';
import { readStatus, type RunStatus } from '../../src/run/status';
import { engineBundle, events, mora, projectFolder, startMora, tinyModel, type RunningCommand } from './commandLine';

let folder: string;
let file: string;
let remove: () => Promise<void>;

beforeEach(async () => {
  ({ folder, file, remove } = await projectFolder());
});

afterEach(() => remove());

const set = (changes: Record<string, unknown>): string[] =>
  Object.entries(changes).flatMap(([field, value]) => ['--set', `${field}=${JSON.stringify(value)}`]);

const checkpointOf = (root: string, step: number): string =>
  path.join(root, 'checkpoints', `step-${String(step).padStart(7, '0')}`);

async function statusOf(root: string): Promise<RunStatus> {
  return (await readStatus(path.join(root, 'status.json')))!;
}

/** Every file of a checkpoint by its path, apart from what says how long it took and where the run lies. */
async function contents(root: string): Promise<Map<string, string>> {
  const run = path.dirname(path.dirname(root));
  const files = (await readdir(root, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const read = files.map(async (entry): Promise<[string, string]> => {
    const name = path.join(entry.parentPath, entry.name);
    return [path.relative(root, name), (await readFile(name)).toString('latin1').replaceAll(run, '<run>')];
  });
  return new Map((await Promise.all(read)).filter(([name]) => name !== 'trainer_state.json').sort());
}

async function reachStep(command: RunningCommand, step: number): Promise<void> {
  let ended = false;
  void command.outcome.then(() => (ended = true));
  const lines = (): string => command.stdout().slice(0, command.stdout().lastIndexOf('\n') + 1);
  const reached = (): boolean => events(lines()).some((event) => event.step === step);
  await expect.poll(() => reached() || ended, { timeout: 60_000, interval: 20 }).toBe(true);
  if (!reached()) throw new Error(`the command ended before step ${step}: ${(await command.outcome).stderr}`);
}

const remora = (regroup: string) => ({
  'training.remora': { mergeEvery: 8, restartWarmup: 2, regroup },
  'training.warmup': 2,
});

describe('a run that is killed and resumed ends with the very bytes of one that was not', () => {
  it.each([
    ['ReMoRA through the types', { 'adapter.mode': 'sharing', ...remora('cycle') }, 4],
    [
      'ReMoRA shuffled, normalized',
      { 'adapter.mode': 'sharing', 'adapter.normalized': true, ...remora('permutation') },
      4,
    ],
    ['ReMoRA of rotations', { 'adapter.mode': 'rotation', ...remora('permutation') }, 4],
    [
      'ReLoRA, rank-stabilised, LoRA+',
      {
        'adapter.method': 'lora',
        'adapter.rankStabilised': true,
        'training.learningRateRatio': 4,
        ...remora('permutation'),
      },
      4,
    ],
    ['MoRA beside an int8 base', { 'compute.base': 'int8', 'adapter.mode': 'rotation' }, 0],
    [
      'MoRA beside an int8 base, micro-batches side by side',
      { 'compute.base': 'int8', 'compute.threads': 2, 'training.batchSize': 64, 'training.evaluateEvery': 10 },
      0,
    ],
    ['normalized MoRA', { 'adapter.mode': 'sharing', 'adapter.normalized': true }, 0],
    ['embeddings, head and norms beside an adapter', { 'adapter.alsoTrain': ['embeddings', 'head', 'norms'] }, 0],
    [
      'ReMoRA of a model of random weights, all of it trained',
      { model: { config: tinyModel }, 'adapter.alsoTrain': ['embeddings', 'norms'], ...remora('permutation') },
      4,
    ],
  ])('%s', async (_, change, merges) => {
    const settings = ['--json', ...set({ 'training.steps': 40, 'training.saveEvery': 7, ...change })];
    const whole = path.join(folder, 'whole');
    const broken = path.join(folder, 'broken');
    expect(await mora(['train', file, ...settings, '--run-dir', whole])).toMatchObject({ code: 0 });

    const command = startMora(['train', file, ...settings, '--run-dir', broken]);
    await reachStep(command, 25);
    command.child.kill('SIGKILL');
    await command.outcome;
    expect(await mora(['train', '--resume', broken, '--json'])).toMatchObject({ code: 0, stderr: '' });
    const found = await contents(checkpointOf(broken, 40));
    const merged = [...found.keys()].filter((name) => /^merged.*adapter_model\.safetensors$/.test(name));
    expect(merged).toHaveLength(merges);
    expect(found).toEqual(await contents(checkpointOf(whole, 40)));
    // The spectra are of all that was merged, the same in both.
    const spectra = async (root: string): Promise<string> => readFile(path.join(root, 'spectra.jsonl'), 'utf8');
    expect(await spectra(broken)).toBe(await spectra(whole));
    const last = events(await spectra(whole)).at(-1)!;
    expect(last.merges).toBe(merges === 0 ? undefined : merges);
  });
});

describe('an int8 base', () => {
  it('computes micro-batches side by side where a step has two and there are two threads', async () => {
    const settings = {
      'compute.base': 'int8',
      'training.steps': 6,
      'training.batchSize': 64,
      'training.evaluateEvery': 3,
    };
    const trained = async (threads: number) => {
      const root = path.join(folder, `threads-${threads}`);
      const given = set({ ...settings, 'compute.threads': threads });
      expect(await mora(['train', file, '--json', ...given, '--run-dir', root])).toMatchObject({ code: 0, stderr: '' });
      return {
        log: await readFile(path.join(root, 'log.txt'), 'utf8'),
        losses: events(await readFile(path.join(root, 'metrics.jsonl'), 'utf8')).map(({ loss }) => Number(loss)),
      };
    };
    const [one, two] = [await trained(1), await trained(2)];
    expect(one.log).not.toContain('side by side');
    expect(two.log).toContain('2 micro-batches are computed side by side');
    expect(two.losses).toHaveLength(9);
    // The same, until what was rounded otherwise in a sum rounds to another byte.
    const errors = one.losses.map((loss, line) => Math.abs(two.losses[line]! / loss - 1));
    expect(Math.max(...errors.slice(0, 4))).toBeLessThan(1e-6);
    expect(Math.max(...errors)).toBeLessThan(2e-3);
  });

  it.each([
    ['sharing', 'mora'],
    ['rotation', 'mora'],
    [undefined, 'lora'],
  ])('learns what a float32 base learns, %s %s', async (mode, method) => {
    const settings = { 'adapter.method': method, ...(mode && { 'adapter.mode': mode }), 'training.steps': 12 };
    const losses = async (base: string): Promise<number[]> => {
      const root = path.join(folder, base);
      const run = await mora([
        'train',
        file,
        '--json',
        ...set({ ...settings, 'compute.base': base }),
        '--run-dir',
        root,
      ]);
      expect(run).toMatchObject({ code: 0 });
      const lines = events(await readFile(path.join(root, 'metrics.jsonl'), 'utf8'));
      return lines.filter(({ kind }) => kind === 'step').map(({ loss }) => Number(loss));
    };
    const [exact, bytes] = [await losses('float32'), await losses('int8')];
    expect(bytes).not.toEqual(exact);
    exact.forEach((loss, step) => expect(Math.abs(bytes[step]! / loss - 1), `step ${step + 1}`).toBeLessThan(0.02));
  });

  it('takes no merges', async () => {
    const refused = await mora(['train', file, ...set({ 'compute.base': 'int8', ...remora('cycle') })]);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('Merging into an int8 base would round the merged changes away');
  });
});

describe('a run that goes on', () => {
  const constant = { 'training.schedule': 'constant', 'training.warmup': 0, 'training.keep': 0 };

  it('past its first end does what one planned so long from the start would have done', async () => {
    const merging = { 'training.remora': { mergeEvery: 4, restartWarmup: 1 }, 'adapter.mode': 'sharing', ...constant };
    const [short, long] = [path.join(folder, 'short'), path.join(folder, 'long')];
    const settings = (steps: number): string[] => ['--json', ...set({ ...merging, 'training.steps': steps })];
    expect((await mora(['train', file, ...settings(10), '--run-dir', long])).code).toBe(0);
    // Its last step is one of a merge, which must wait: its adapter would be empty, and may never be followed.
    expect((await mora(['train', file, ...settings(8), '--run-dir', short])).code).toBe(0);
    expect((await mora(['train', '--resume', short, ...set({ 'training.steps': 10 })])).code).toBe(0);
    expect(await contents(checkpointOf(short, 10))).toEqual(await contents(checkpointOf(long, 10)));
    expect(await contents(checkpointOf(short, 8))).toEqual(await contents(checkpointOf(long, 8)));
  });

  it('from an earlier checkpoint repeats what followed, and sets that aside', async () => {
    const root = path.join(folder, 'run');
    const steps = { ...constant, 'training.steps': 9, 'training.saveEvery': 3 };
    expect((await mora(['train', file, '--json', ...set(steps), '--run-dir', root])).code).toBe(0);
    const before = await contents(checkpointOf(root, 9));
    const again = await mora(['train', '--resume', root, '--checkpoint', '3']);
    expect(again.code).toBe(0);
    const [aside] = await readdir(path.join(root, 'set-aside'));
    const kept = path.join(root, 'set-aside', aside!);
    expect(again.stdout).toContain(`set aside   later checkpoints and their metrics, in ${kept}\n`);
    expect(await readdir(path.join(kept, 'checkpoints'))).toEqual(['step-0000006', 'step-0000009']);
    expect(await contents(checkpointOf(kept, 9))).toEqual(before);
    expect(await contents(checkpointOf(root, 9))).toEqual(before);
    // What was set aside is a run by itself.
    const inspected = await mora(['inspect', kept, '--json']);
    expect(JSON.parse(inspected.stdout)).toMatchObject({ kind: 'run' });
    const lines = events(await readFile(path.join(kept, 'metrics.jsonl'), 'utf8'));
    expect(lines.filter(({ kind }) => kind === 'step').map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('takes the folder of a checkpoint for a place to go on from', async () => {
    const root = path.join(folder, 'run');
    const steps = { ...constant, 'training.steps': 4 };
    expect((await mora(['train', file, '--json', ...set(steps), '--run-dir', root])).code).toBe(0);
    const { code, stdout } = await mora(['train', '--json', '--resume', checkpointOf(root, 2)]);
    expect(code).toBe(0);
    expect(events(stdout).flatMap(({ kind, step }) => (kind === 'step' ? [step] : []))).toEqual([3, 4]);
    expect(await mora(['train', '--resume', root, '--checkpoint', '7'])).toMatchObject({
      code: 1,
      stderr: `mora: ${root}: has no checkpoint of step 7; it has those of the steps 1, 2, 3, 4.\n`,
    });
  });
});

describe('what was merged on the way', () => {
  const repository = path.resolve(import.meta.dirname, '../..');
  const model = path.join(repository, 'media/model/tiny-llama-3m');
  const pronounce = {
    model,
    'data.train': path.join(repository, 'examples/data/pronounce.train.jsonl'),
    'data.validation': 40,
    'data.maxLength': 64,
    'training.batchSize': 8,
    'training.evaluateEvery': 5,
    'training.warmup': 0,
    'training.learningRate': 3e-3,
  };
  const merging = { 'training.remora': { mergeEvery: 2, restartWarmup: 1 } };
  const lossAt = async (root: string, step: number): Promise<unknown> =>
    events(await readFile(path.join(root, 'metrics.jsonl'), 'utf8')).find(
      (metric) => metric.kind === 'evaluation' && metric.step === step,
    )!.loss;

  it('is in what the adapter generates, in its merged model, and in a run that goes on from it', async () => {
    const [first, second] = [path.join(folder, 'first'), path.join(folder, 'second')];
    const settings = { ...pronounce, ...merging, 'training.steps': 5, 'training.saveEvery': 0 };
    expect(await mora(['train', file, '--json', ...set(settings), '--run-dir', first])).toMatchObject({ code: 0 });
    const adapter = checkpointOf(first, 5);
    expect(await readdir(path.join(adapter, 'merged'))).toEqual(['0001', '0002']);

    const out = path.join(folder, 'model');
    expect(await mora(['merge', adapter, '--model', model, '--out', out])).toMatchObject({ code: 0 });
    const prompt = ['--prompt', 'pronounce: table\n', '--max-tokens', '12'];
    const direct = await mora(['generate', model, '--adapter', adapter, ...prompt]);
    expect(direct.code).toBe(0);
    expect((await mora(['generate', out, ...prompt])).stdout).toBe(direct.stdout);
    expect((await mora(['generate', model, ...prompt])).stdout).not.toBe(direct.stdout);

    const on = { ...settings, 'adapter.initial': adapter, 'training.steps': 3 };
    expect(await mora(['train', file, '--json', ...set(on), '--run-dir', second])).toMatchObject({ code: 0 });
    expect(await lossAt(second, 0)).toBe(await lossAt(first, 5));
    // Its own merge comes after those that it found.
    expect(await readdir(path.join(checkpointOf(second, 3), 'merged'))).toEqual(['0001', '0002', '0003']);
    const config = await readFile(path.join(checkpointOf(second, 3), 'adapter_config.json'), 'utf8');
    expect(JSON.parse(config)).toMatchObject({ remora: { merges: 3, permutation: { merge: 3 } } });
    await mora(['train', '--resume', second, '--json', ...set({ 'training.steps': 4 })]);
    expect(await statusOf(second)).toMatchObject({ state: 'finished', step: 4 });
  });
});

describe('the best checkpoint', () => {
  // So fast that the loss soon rises.
  const rising = {
    'training.warmup': 0,
    'training.learningRate': 0.3,
    'training.schedule': 'constant',
    'training.evaluateEvery': 2,
    'training.saveEvery': 5,
    'training.keep': 1,
    'training.steps': 200,
    'training.earlyStopping': { patience: 3 },
  };

  it('is kept, and the run ends when nothing better comes', async () => {
    const root = path.join(folder, 'run');
    const { code, stdout } = await mora(['train', file, ...set(rising), '--run-dir', root]);
    expect(code).toBe(0);
    const status = await statusOf(root);
    expect(status).toMatchObject({ state: 'finished', stoppedEarly: true, totalSteps: 200 });
    const evaluations = events(await readFile(path.join(root, 'metrics.jsonl'), 'utf8')).filter(
      ({ kind, step }) => kind === 'evaluation' && step !== 0,
    );
    const losses = evaluations.map(({ loss }) => loss as number);
    const lowest = Math.min(...losses);
    expect(status.bestLoss).toBe(lowest);
    expect(status.bestStep).toBe(evaluations[losses.indexOf(lowest)]!.step);
    expect(status.step).toBe(status.bestStep! + 6);
    expect(await readdir(path.join(root, 'checkpoints'))).toEqual(
      [status.bestStep!, status.step].map((step) => path.basename(checkpointOf(root, step))),
    );
    expect(stdout).toContain(`of 200, as the validation loss no longer fell`);
    expect(stdout).toContain(
      `best        ${checkpointOf(root, status.bestStep!)}, validation loss ${lowest.toFixed(4)}\n`,
    );
  });

  it('is the same, and the run ends at the same step, when it was stopped and resumed on the way', async () => {
    const [whole, broken] = [path.join(folder, 'whole'), path.join(folder, 'broken')];
    expect((await mora(['train', file, '--json', ...set(rising), '--run-dir', whole])).code).toBe(0);
    const { step, bestStep, bestLoss } = await statusOf(whole);
    // Two evaluations after the best.
    expect(
      (
        await mora([
          'train',
          file,
          '--json',
          ...set({ ...rising, 'training.steps': bestStep! + 4 }),
          '--run-dir',
          broken,
        ])
      ).code,
    ).toBe(0);
    expect((await mora(['train', '--resume', broken, '--json', ...set({ 'training.steps': 200 })])).code).toBe(0);
    expect(await statusOf(broken)).toMatchObject({ state: 'finished', stoppedEarly: true, step, bestStep, bestLoss });
    // It has run out of patience: resumed once more it trains nothing.
    const again = await mora(['train', '--resume', broken, '--json']);
    expect(again.code).toBe(0);
    expect(events(again.stdout).filter(({ kind }) => kind === 'step')).toEqual([]);
  });
});

describe('the engine', () => {
  it.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
    ['SIGHUP', 129],
  ] as const)('saves a checkpoint on %s and leaves with the code of a signal', async (signal, code) => {
    const { root } = await prepareRun({
      configurationFile: file,
      text: await readFile(file, 'utf8'),
      root: path.join(folder, 'run'),
      overrides: { 'training.steps': 100_000, 'training.saveEvery': 0 },
    });
    const child = spawn(process.execPath, [engineBundle, 'train', root], { stdio: 'ignore' });
    const exited = once(child, 'exit');
    await expect.poll(async () => (await statusOf(root)).step, { timeout: 60_000, interval: 50 }).toBeGreaterThan(2);
    child.kill(signal);
    expect(await exited).toEqual([code, null]);
    const status = await statusOf(root);
    expect(status).toMatchObject({ state: 'stopped', socket: null, checkpointStep: status.step });
    expect(existsSync(path.join(checkpointOf(root, status.step), 'optimizer.safetensors'))).toBe(true);
    const resumed = await mora(['train', '--resume', root, '--json', ...set({ 'training.steps': status.step + 1 })]);
    expect(resumed.code).toBe(0);
  });
});

it('says at which rate a run learns, and why, in the plan, at its beginning and in its log', async () => {
  const root = path.join(folder, 'run');
  const auto = set({ 'training.learningRate': 'auto' });
  const { code, stdout } = await mora(['train', file, ...auto, '--run-dir', root]);
  expect(code).toBe(0);
  const sentence = /5\.00e-5 \(auto: sharing moves every entry of ΔW by the rate[^)]*\)/;
  expect(stdout).toMatch(new RegExp(`^learns at   ${sentence.source}$`, 'm'));
  expect(await readFile(path.join(root, 'log.txt'), 'utf8')).toMatch(/^learning rate 0?\.?\S+ \(auto: sharing moves/m);
  const rates = events(await readFile(path.join(root, 'metrics.jsonl'), 'utf8')).flatMap(({ learningRate }) =>
    learningRate === undefined ? [] : [learningRate as number],
  );
  expect(Math.max(...rates)).toBe(5e-5);
});
