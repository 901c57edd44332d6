import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { run } from './engine.mjs';
import { lossPlot } from './lossPlot.mjs';

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
  const dump = join(root, 'node_modules/.cache/stepBatches.cjs');
  await build({
    entryPoints: [join(root, 'bench/stepBatches.ts')],
    bundle: true,
    platform: 'node',
    external: ['onnxruntime-node', 'tokenizers'],
    outfile: dump,
    mainFields: ['module', 'main'],
    // As in esbuild.mjs: a CommonJS bundle has no import.meta.url.
    define: { 'import.meta.url': 'moduleUrl' },
    banner: { js: "const moduleUrl = require('node:url').pathToFileURL(__filename).href;" },
    logLevel: 'error',
  });
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
    await run(process.execPath, [dump, configuration, String(STEPS), batches]);
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
