import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';

/**
 * npm run bench:runs -- [--count 1000]
 *
 * What a workspace with many runs costs the extension host: files read, time and memory for the first page of the view,
 * and for all of them. Memory is what stays after a garbage collection.
 */
const { values } = parseArgs({ options: { count: { type: 'string', default: '1000' } } });
const count = Number(values.count);
if (globalThis.gc === undefined) throw new Error('start it with node --expose-gc, as npm run bench:runs does');

const folder = await mkdtemp(join(tmpdir(), 'mora-runs-'));
try {
  const bundle = join(folder, 'runIndex.mjs');
  const contents = `export { RunIndex } from './src/host/runs/runIndex'; export { readRun } from './src/run/run';`;
  const stdin = { contents, resolveDir: process.cwd(), loader: 'ts' };
  await build({
    stdin,
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile: bundle,
    logLevel: 'error',
    mainFields: ['module', 'main'],
  });
  const { RunIndex, readRun } = await import(pathToFileURL(bundle).href);

  const roots = [];
  for (let number = 0; number < count; number++) roots.push(await makeRun(number));

  let reads = 0;
  const reader = (root, before) => {
    reads++;
    return readRun(root, before);
  };
  const index = new RunIndex(reader, (message) => console.error(message));
  const before = heap();
  await report('known by their place', async () => index.setFound(roots));
  await report('first 100 listed', () => index.list({ text: '', groups: [] }, 100));
  await report('first 100 again', () => index.list({ text: '', groups: [] }, 100));
  await report('grouped by configuration', async () => index.configurations(''));
  await report('all that failed', () => index.list({ text: '', groups: ['failed'] }, Infinity));

  async function report(what, act) {
    const began = performance.now();
    reads = 0;
    await act();
    const time = performance.now() - began;
    const mebibytes = (heap() - before) / 2 ** 20;
    console.log(
      `${what.padEnd(26)} ${String(reads).padStart(6)} runs read  ${time.toFixed(1).padStart(8)} ms  ${mebibytes.toFixed(2).padStart(7)} MiB kept`,
    );
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}

function heap() {
  globalThis.gc();
  return process.memoryUsage().heapUsed;
}

/** A run directory as training leaves it, with two checkpoints. */
async function makeRun(number) {
  const startedAt = new Date(Date.UTC(2026, 0, 1) + 60_000 * number).toISOString();
  const stamp = startedAt.slice(0, 19).replace(/[-:]/g, '').replace('T', '-');
  const root = join(folder, '.mora', 'runs', `${stamp}-sweep-of-${number % 20}`);
  for (const step of ['0000100', '0000200'])
    await mkdir(join(root, 'checkpoints', `step-${step}`), { recursive: true });
  const status = {
    ...{ version: 1, state: number % 10 === 0 ? 'failed' : 'finished', error: null, activity: null, pid: 1 },
    ...{ host: 'elsewhere', socket: null, configurationFile: join(folder, `sweep of ${number % 20}.mora.json`) },
    ...{ startedAt, updatedAt: startedAt, step: 200, totalSteps: 200, epoch: 1, loss: 1.25, validationLoss: 1.5 },
    ...{ tokensPerSecond: 900, secondsLeft: null, trainableParameters: 123_456, checkpointStep: 200 },
  };
  await writeFile(join(root, 'status.json'), JSON.stringify(status));
  const configuration = { model: '/models/tiny', data: { train: '/data/train.jsonl' }, training: { seed: number } };
  await writeFile(join(root, 'config.json'), JSON.stringify(configuration));
  return root;
}
