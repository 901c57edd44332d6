import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';
import { run } from './engine.mjs';
import { MODEL_CACHE } from './modelCache.mjs';
import { randomModel } from './randomModel.mjs';
import { SHAPES } from './shapes.mjs';

/**
 * npm run bench:memory -- [--shape smollm2-1.7b] [--share 0.5] [--batch 2] [--length 64] [--steps 3]
 *                        [--base int8]
 *
 * Trains a model with "compute.memory" at a share of its weights as they lie on disk, and again without a bound, with
 * random weights and tokens. Prints the most memory of each training process and the losses; fails when the bounded one
 * takes more than its bound or when a loss differs. Linux only.
 */
const { values } = parseArgs({
  options: {
    shape: { type: 'string', default: 'smollm2-1.7b' },
    share: { type: 'string', default: '0.5' },
    batch: { type: 'string', default: '2' },
    length: { type: 'string', default: '64' },
    steps: { type: 'string', default: '3' },
    method: { type: 'string', default: 'rotation' },
    base: { type: 'string', default: 'float32' },
  },
});
const shape = SHAPES[values.shape];
if (shape === undefined) throw new Error(`unknown shape ${values.shape}; there are ${Object.keys(SHAPES).join(', ')}`);
const GIB = 2 ** 30;
/** Between two looks at the memory of the process. The system keeps the peak, so only the very end can be missed. */
const LOOK_MS = 100;
/** Float32 sums in another order, where the bound made other micro-batches. */
const TOLERANCE = 1e-5;

const cli = fileURLToPath(new URL('../dist/cli.js', import.meta.url));
const model = await randomModel(MODEL_CACHE, values.shape, shape);
const { size } = await stat(join(model, 'model.safetensors'));
const bound = Math.floor((1000 * Number(values.share) * size) / GIB) / 1000;
const folder = await mkdtemp(join(tmpdir(), 'mora-bench-'));

/** The most memory that a process has had so far, in bytes; 0 when it is gone. */
function peakOf(pid) {
  try {
    return 1024 * Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

async function trained(name, memory) {
  const root = join(folder, name);
  const configuration = {
    model,
    data: { train: 'data.jsonl', validation: 0, maxLength: Number(values.length) },
    adapter: { method: 'mora', mode: values.method, rank: 8 },
    training: {
      steps: Number(values.steps),
      batchSize: Number(values.batch),
      learningRate: 1e-4,
      schedule: 'constant',
      warmup: 0,
      saveEvery: 0,
    },
    compute: { base: values.base, memory },
  };
  const file = join(folder, `${name}.mora.json`);
  await writeFile(file, JSON.stringify(configuration));
  let peak = 0;
  const timer = setInterval(async () => {
    // The command writes the first status, the training process the others.
    const pid = await readFile(join(root, 'status.json'), 'utf8').then(
      (text) => JSON.parse(text).pid,
      () => undefined,
    );
    if (pid !== undefined) peak = Math.max(peak, peakOf(pid));
  }, LOOK_MS);
  try {
    const lines = await run(process.execPath, [cli, 'train', file, '--run-dir', root, '--json']);
    const steps = lines.map((line) => JSON.parse(line)).filter(({ kind }) => kind === 'step');
    const rates = steps.map(({ tokensPerSecond }) => tokensPerSecond).sort((a, b) => a - b);
    return { losses: steps.map(({ loss }) => loss), peak, rate: rates[Math.floor(rates.length / 2)] };
  } finally {
    clearInterval(timer);
  }
}

try {
  let state = 1;
  const token = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state % shape.vocab_size;
  };
  const example = () => JSON.stringify({ input_ids: Array.from({ length: Number(values.length) }, token) });
  await mkdir(folder, { recursive: true });
  await writeFile(
    join(folder, 'data.jsonl'),
    Array.from({ length: Number(values.batch) * Number(values.steps) }, example).join('\n'),
  );
  const bounded = await trained('bounded', bound);
  const free = await trained('free', null);
  console.log(
    `${values.shape}: ${(size / GIB).toFixed(2)} GiB of bfloat16 weights (${((2 * size) / GIB).toFixed(2)} GiB as float32), ` +
      `"compute.memory" ${bound}, MoRA ${values.method} r = 8, ${values.base} base, ${values.batch} × ${values.length} tokens a step\n`,
  );
  console.log('| compute.memory | peak of the training process, GiB | tokens/s, median | losses |');
  console.log('|---|---|---|---|');
  for (const [name, { peak, rate, losses }] of [
    [`${bound} GiB`, bounded],
    ['none', free],
  ]) {
    console.log(`| ${name} | ${(peak / GIB).toFixed(3)} | ${rate.toFixed(1)} | ${losses.join(', ')} |`);
  }
  const difference = Math.max(...bounded.losses.map((loss, step) => Math.abs(loss - free.losses[step])));
  console.log(
    `\nlargest difference of a loss: ${difference}; peak over bound: ${(bounded.peak / GIB / bound).toFixed(3)}`,
  );
  if (!(difference <= TOLERANCE) || bounded.peak > bound * GIB || bounded.peak === 0) process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
