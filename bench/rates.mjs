import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';
import { run } from './engine.mjs';

/**
 * npm run bench:rates -- [--ranks 2,8,32] [--rates 1e-3,2e-3,4e-3,8e-3] [--steps 100] [--seed 0]
 *
 * Which learning rate each rank wants: sharing as it is and normalized, on the embedded model and the pronunciation data.
 * Prints the final validation losses; the lowest of each row is marked.
 */
const { values } = parseArgs({
  options: {
    ranks: { type: 'string', default: '2,8,32' },
    rates: { type: 'string', default: '7e-4,2e-3,6e-3,1.8e-2,5.4e-2' },
    steps: { type: 'string', default: '100' },
    seed: { type: 'string', default: '0' },
  },
});
const ranks = values.ranks.split(',').map(Number);
const rates = values.rates.split(',').map(Number);
const repository = fileURLToPath(new URL('..', import.meta.url));
const cli = join(repository, 'dist', 'cli.js');
const file = join(repository, 'examples', 'pronounce-sharing.mora.json');

/** The validation loss after the last step; NaN where the run ended because its loss was no number. */
async function finalLoss(normalized, rank, rate) {
  const folder = await mkdtemp(join(tmpdir(), 'mora-bench-'));
  try {
    const set = {
      'adapter.rank': rank,
      'adapter.normalized': normalized,
      'training.learningRate': rate,
      'training.steps': Number(values.steps),
      'training.seed': Number(values.seed),
      'training.evaluateEvery': Number(values.steps),
      'training.saveEvery': 0,
      'training.keepBest': false,
    };
    const options = Object.entries(set).flatMap(([field, value]) => ['--set', `${field}=${JSON.stringify(value)}`]);
    const lines = await run(process.execPath, [
      cli,
      'train',
      file,
      '--run-dir',
      join(folder, 'run'),
      '--json',
      ...options,
    ]);
    return lines.map((line) => JSON.parse(line)).findLast(({ kind }) => kind === 'evaluation').loss;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

console.log(`${values.steps} steps, seed ${values.seed}\n`);
console.log(`| ΔW | rank | ${rates.map((rate) => rate.toExponential(1)).join(' | ')} |`);
console.log(`|---|---|${'---|'.repeat(rates.length)}`);
for (const normalized of [false, true]) {
  for (const rank of ranks) {
    const losses = [];
    for (const rate of rates) losses.push(await finalLoss(normalized, rank, rate));
    const lowest = Math.min(...losses);
    const cells = losses.map((loss) => (loss === lowest ? `**${loss.toFixed(3)}**` : loss.toFixed(3)));
    console.log(`| ${[normalized ? 'normalized' : 'as it is', rank, ...cells].join(' | ')} |`);
  }
}
