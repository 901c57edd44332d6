import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RunRequest } from '../../src/engine/rpc/prepareRun';
import { connectRun } from '../../src/engine/rpc/runConnection';
import { isActive, observedState, readStatus, type ObservedState, type RunStatus } from '../../src/run/status';
import {
  engineBundle,
  events,
  mora,
  projectFolder,
  repository,
  startMora,
  tinyModel,
  type RunningCommand,
} from './commandLine';

let folder: string;
let file: string;
let remove: () => Promise<void>;

beforeEach(async () => {
  ({ folder, file, remove } = await projectFolder());
});

afterEach(() => remove());

async function stateOf(root: string): Promise<ObservedState | undefined> {
  const status = await readStatus(path.join(root, 'status.json'));
  return status && observedState(status, status.host);
}

function finalAdapter(root: string, step: number): Promise<Buffer> {
  const checkpoint = `step-${String(step).padStart(7, '0')}`;
  return readFile(path.join(root, 'checkpoints', checkpoint, 'adapter_model.safetensors'));
}

/** Waits until `mora train --json` has reported a step. */
async function reachStep(command: RunningCommand, step: number): Promise<void> {
  let ended = false;
  void command.outcome.then(() => (ended = true));
  const reached = (): boolean => events(wholeLines(command.stdout())).some((event) => event.step === step);
  await expect.poll(() => reached() || ended, { timeout: 60_000, interval: 20 }).toBe(true);
  if (!reached()) throw new Error(`the command ended before step ${step}: ${(await command.outcome).stderr}`);
}

function wholeLines(text: string): string {
  return text.slice(0, text.lastIndexOf('\n') + 1);
}

describe('mora train', () => {
  it('trains beside the configuration and reports each metric as it is written', async () => {
    const { code, stdout, stderr } = await mora(['train', file, '--json', '--set', 'training.evaluateEvery=1']);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    const [run] = await readdir(path.join(folder, '.mora', 'runs'));
    const root = path.join(folder, '.mora', 'runs', run!);
    const metrics = await readFile(path.join(root, 'metrics.jsonl'), 'utf8');
    const told = stdout.split('\n').filter((line) => /^\{"kind":"(step|evaluation)"/.test(line));
    expect(`${told.join('\n')}\n`).toBe(metrics);
    const all = events(stdout);
    expect(all.filter(({ kind }) => kind === 'step').map(({ step }) => step)).toEqual([1, 2, 3]);
    const checkpoint = path.join(root, 'checkpoints', 'step-0000003');
    const best = { step: 3, loss: expect.any(Number) as number, checkpoint };
    expect(all.at(-1)).toEqual({ kind: 'end', state: 'finished', run: root, checkpoint, best, error: null });
    expect(existsSync(path.join(checkpoint, 'adapter_config.json'))).toBe(true);
    expect(await readStatus(path.join(root, 'status.json'))).toMatchObject({
      state: 'finished',
      socket: null,
      step: 3,
    });
  });

  it('reports what the model writes: with --json the lines of samples.jsonl, else one line each', async () => {
    const root = path.join(folder, 'run');
    const settings = ['--set', 'training.samples={"prompts":["Once\\n"],"every":2,"maxTokens":3}'];
    settings.push('--set', `model=${path.join(repository, 'media/model/tiny-llama-3m')}`);
    const { code, stdout } = await mora(['train', file, '--json', '--run-dir', root, ...settings]);
    expect(code).toBe(0);
    const told = stdout.split('\n').filter((line) => /^\{"kind":"(base|sample)"/.test(line));
    expect(`${told.join('\n')}\n`).toBe(await readFile(path.join(root, 'samples.jsonl'), 'utf8'));
    expect(events(told.join('\n')).map(({ kind, step, prompt }) => [kind, step, prompt])).toEqual([
      ...[
        ['base', 0],
        ['sample', 0],
        ['sample', 2],
        ['sample', 3],
      ].map((place) => [...place, 'Once\n']),
    ]);
    const plain = await mora(['train', file, '--run-dir', path.join(folder, 'plain'), ...settings]);
    expect(plain.stdout).toMatch(/^base {8}Once⏎ → .*$/m);
    expect(plain.stdout).toMatch(/^step 3 {6}Once⏎ → .*$/m);
  });

  it('is readable without a terminal', async () => {
    const root = path.join(folder, 'run');
    const { code, stdout } = await mora(['train', file, '--run-dir', root]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^trains {6}[\d,]+ parameters in 14 modules$/m);
    expect(stdout).toMatch(/^step 3\/3 {2}loss \d\.\d{4} {2}learning rate /m);
    expect(stdout).toMatch(/^finished {4}3 steps in \d+ s$/m);
    expect(stdout).not.toContain('\u001b');
  });

  it('ends its engine when it is killed, and the resumed run ends with the very bytes of one that was not', async () => {
    const settings = ['--json', '--set', 'training.steps=60', '--set', 'training.saveEvery=7'];
    const whole = path.join(folder, 'whole');
    const broken = path.join(folder, 'broken');
    expect((await mora(['train', file, ...settings, '--run-dir', whole])).code).toBe(0);

    const command = startMora(['train', file, ...settings, '--run-dir', broken]);
    await reachStep(command, 10);
    command.child.kill('SIGKILL');
    await command.outcome;
    const resumed = await mora(['train', '--resume', broken, '--json']);
    expect(resumed.stderr).toBe('');
    expect(resumed.code).toBe(0);
    const steps = events(resumed.stdout)
      .filter(({ kind }) => kind === 'step')
      .map(({ step }) => step as number);
    expect(steps[0]! % 7).toBe(1);
    expect(steps).toEqual(Array.from({ length: 61 - steps[0]! }, (_, index) => steps[0]! + index));
    expect((await finalAdapter(broken, 60)).equals(await finalAdapter(whole, 60))).toBe(true);

    // Each step is in the file once, with the same figures apart from time and memory.
    const figures = async (root: string): Promise<unknown[]> =>
      events(await readFile(path.join(root, 'metrics.jsonl'), 'utf8')).map(
        ({ step, loss, gradNorm, learningRate }) => ({
          ...{ step, loss, gradNorm, learningRate },
        }),
      );
    expect(await figures(broken)).toEqual(await figures(whole));
  });

  it('stops with a checkpoint on Ctrl+C and goes on from there', async () => {
    const root = path.join(folder, 'run');
    const command = startMora([
      'train',
      file,
      '--json',
      '--run-dir',
      root,
      '--set',
      'training.steps=500',
      '--set',
      'training.saveEvery=0',
    ]);
    await reachStep(command, 3);
    command.child.kill('SIGINT');
    const { code, stdout, stderr } = await command.outcome;
    expect(code).toBe(130);
    expect(stderr).toContain(`mora train --resume ${root}`);
    const end = events(stdout).at(-1)!;
    expect(end).toMatchObject({ kind: 'end', state: 'stopped', run: root });
    expect(existsSync(end.checkpoint as string)).toBe(true);
    const { step } = (await readStatus(path.join(root, 'status.json')))!;
    const resumed = await mora(['train', '--resume', root, '--set', `training.steps=${step + 2}`, '--json']);
    expect(resumed.code).toBe(0);
    expect(events(resumed.stdout).filter(({ kind }) => kind === 'step')).toHaveLength(2);
  });

  it('ends at once on a second Ctrl+C', async () => {
    const root = path.join(folder, 'run');
    const command = startMora(['train', file, '--json', '--run-dir', root, '--set', 'training.steps=100000']);
    await reachStep(command, 3);
    command.child.kill('SIGINT');
    command.child.kill('SIGINT');
    expect((await command.outcome).code).toBe(130);
    expect(isActive((await stateOf(root))!)).toBe(false);
  });

  it('refuses to resume a run that is going on', async () => {
    const root = path.join(folder, 'run');
    const command = startMora(['train', file, '--json', '--run-dir', root, '--set', 'training.steps=100000']);
    await reachStep(command, 2);
    const { code, stderr } = await mora(['train', '--resume', root]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^mora: .*still active in process \d+; stop it before resuming it\.\n$/);
    command.child.kill('SIGINT');
    expect((await command.outcome).code).toBe(130);
  });

  it('fails in one line when the loss is not a number, and says so in the run', async () => {
    const model = path.join(folder, 'model');
    await cp(tinyModel, model, { recursive: true });
    const weights = await readFile(path.join(model, 'model.safetensors'));
    // The file ends with the final norm, one weight a channel; so large, they overflow the logits.
    for (let channel = 1; channel <= 40; channel++) weights.writeFloatLE(3e38, weights.length - 4 * channel);
    await writeFile(path.join(model, 'model.safetensors'), weights);
    const root = path.join(folder, 'run');
    const { code, stderr } = await mora(['train', file, '--run-dir', root, '--set', `model=${model}`]);
    // Before it stands what became of the data.
    const complaints = stderr.split('\n').filter((line) => line !== '' && !line.startsWith('data '));
    expect(complaints).toEqual([expect.stringMatching(/^mora: .*not a number at step 1/)]);
    expect(code).toBe(1);
    expect(await readStatus(path.join(root, 'status.json'))).toMatchObject({ state: 'failed', socket: null });
  });

  it('says once per module, on stderr, what is unwise', async () => {
    const { code, stderr } = await mora(['train', file, '--set', 'adapter.mode=rotation', '--json']);
    expect(code).toBe(0);
    expect(stderr).toMatch(/^mora: warning: layers 0-1, k_proj: Rotation ignores [^\n]*\n/);
    expect(stderr.trimEnd().split('\n')).toHaveLength(3); // k_proj, v_proj and down_proj narrow
  });
});

describe('a detached run', () => {
  it('outlives its parent, and whoever reads its status can pause, resume and stop it', async () => {
    const root = path.join(folder, 'run');
    const settings = { 'training.steps': 100_000, 'training.saveEvery': 0 };
    await detachedRun({ configurationFile: file, text: await readFile(file, 'utf8'), root, overrides: settings });
    const status = async (): Promise<RunStatus> => (await readStatus(path.join(root, 'status.json')))!;
    const reach = (state: string): Promise<void> =>
      expect.poll(async () => (await status()).state, { timeout: 60_000 }).toBe(state);
    await reach('running');
    const first = await connectRun(await status());
    await first.pause();
    await reach('paused');
    // The window closes; the run stays paused for the next one.
    first.dispose();
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(observedState(await status(), hostname())).toBe('paused');
    const connection = await connectRun(await status());
    await connection.resume();
    await reach('running');
    await connection.stop();
    await reach('stopped');
    connection.dispose();
    await expect.poll(async () => (await status()).socket, { timeout: 10_000 }).toBe(null);
    expect((await status()).checkpointStep).toBe((await status()).step);
  });
});

/** Starts a run as the editor does, from a process that has ended when this returns. */
async function detachedRun(request: RunRequest): Promise<void> {
  const contents = `
    import { prepareRun } from './src/engine/rpc/prepareRun';
    import { startTraining } from './src/engine/rpc/startTraining';
    prepareRun(${JSON.stringify(request)}).then(({ root }) =>
      startTraining({ node: process.execPath, engine: ${JSON.stringify(engineBundle)}, root }),
    );`;
  const outfile = path.join(folder, 'parent.cjs');
  await build({
    stdin: { contents, resolveDir: repository, loader: 'ts' },
    ...{ bundle: true, outfile, platform: 'node', mainFields: ['module', 'main'] },
    // import.meta.url is empty in a CJS bundle.
    define: { 'import.meta.url': 'moduleUrl' },
    banner: { js: "const moduleUrl = require('node:url').pathToFileURL(__filename).href;" },
  });
  const child = spawn(process.execPath, [outfile], { stdio: 'inherit' });
  expect(await once(child, 'exit')).toEqual([0, null]);
}
