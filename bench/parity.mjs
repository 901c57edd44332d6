import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from './engine.mjs';
import { lossPlot } from './lossPlot.mjs';
import { writeBatches } from './writeBatches.mjs';

/**
 * npm run bench:parity
 *
 * Trains the embedded model for 50 steps in this engine and, on the same examples in the same order, in PyTorch, and
 * compares the loss of every step. Writes docs/results/parity.svg. Needs Python with torch and transformers.
 */
const root = fileURLToPath(new URL('..', import.meta.url));
const MODEL = join(root, 'media/model/tiny-llama-3m');
const STEPS = 50;
const RATE = { rotation: 2e-3, sharing: 5e-4 };
const TYPE = { rotation: 6, sharing: 1 };
/** Float32 sums in another order; 50 steps amplify it. */
const TOLERANCE = 1e-3;

const folder = await mkdtemp(join(tmpdir(), 'mora-parity-'));
const curves = [];
try {
  for (const mode of Object.keys(TYPE)) {
    const configuration = join(folder, `${mode}.mora.json`);
    const training = {
      steps: STEPS,
      batchSize: 32,
      learningRate: RATE[mode],
      warmup: 2,
      evaluateEvery: 0,
      saveEvery: 0,
    };
    const data = { train: join(root, 'examples/data/pronounce.train.jsonl'), validation: 0 };
    await writeFile(configuration, JSON.stringify({ model: MODEL, data, adapter: { mode, rank: 8 }, training }));
    const batches = join(folder, 'batches.jsonl');
    await writeBatches(configuration, STEPS, batches);
    const ours = (await run(process.execPath, [join(root, 'dist/cli.js'), 'train', configuration, '--json']))
      .map((line) => JSON.parse(line))
      .filter(({ kind }) => kind === 'step')
      .map(({ loss }) => loss);
    const out = join(folder, 'losses.json');
    const peer = join(root, 'bench/parity_peer.py');
    const options = { type: TYPE[mode], rank: 8, lr: RATE[mode], warmup: 2, clip: 1 };
    await run('python3', [
      peer,
      MODEL,
      batches,
      out,
      ...Object.entries(options).flatMap(([k, v]) => [`--${k}`, `${v}`]),
    ]);
    const theirs = JSON.parse(await readFile(out, 'utf8'));
    const differences = ours.map((loss, step) => Math.abs(loss - theirs[step]));
    const largest = Math.max(...differences);
    console.log(
      `${mode}: ${ours.length} steps, loss ${ours[0].toFixed(4)} → ${ours.at(-1).toFixed(4)}, ` +
        `largest difference ${largest.toExponential(1)} at step ${differences.indexOf(largest) + 1}, ` +
        `mean ${(differences.reduce((a, b) => a + b) / differences.length).toExponential(1)}`,
    );
    if (ours.length !== STEPS || !(largest < TOLERANCE)) process.exitCode = 1;
    curves.push({ name: mode, ours, theirs });
  }
  await writeFile(join(root, 'docs/results/parity.svg'), lossPlot(curves));
} finally {
  await rm(folder, { recursive: true, force: true });
}
