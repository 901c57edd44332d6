import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';
import { run } from './engine.mjs';
import { imported } from './source.mjs';

/**
 * npm run bench:rates -- [--times 1,4,16,64,256] [--steps 40] [--seed 0] [--only normalized]
 *
 * Which learning rate each method and rank wants, in multiples of the one that "auto" chooses, on the embedded model and
 * the pronunciation data. Prints the final validation losses; the lowest of each row is marked. Where auto is right about
 * the methods among one another, and one rate carries over the ranks, the marks stand in one column.
 */
const { values } = parseArgs({
  options: {
    times: { type: 'string', default: '1,4,16,64,256' },
    steps: { type: 'string', default: '40' },
    seed: { type: 'string', default: '0' },
    only: { type: 'string', default: '' },
  },
});
const times = values.times.split(',').map(Number);
const RANKS = [2, 8, 32];
const sharing = { method: 'mora', mode: 'sharing' };
const lora = { method: 'lora' };
const METHODS = [
  ...RANKS.map((rank) => ({ name: 'sharing', adapter: { ...sharing, rank } })),
  ...RANKS.map((rank) => ({ name: 'sharing, normalized', adapter: { ...sharing, rank, normalized: true } })),
  ...RANKS.map((rank) => ({ name: 'rsLoRA', adapter: { ...lora, rank, rankStabilised: true } })),
  { name: 'rotation', adapter: { method: 'mora', mode: 'rotation', rank: 8 } },
  { name: 'LoRA', adapter: { ...lora, rank: 8 } },
  { name: 'LoRA+, B 16 times as fast', adapter: { ...lora, rank: 8 }, learningRateRatio: 16 },
  { name: 'LoRA and the head in full', adapter: { ...lora, rank: 8, alsoTrain: ['head'] } },
].filter(({ name }) => name.includes(values.only));

const repository = fileURLToPath(new URL('..', import.meta.url));
const cli = join(repository, 'dist', 'cli.js');
const file = join(repository, 'examples', 'pronounce-sharing.mora.json');
const { chosenLearningRate } = await imported('config/learningRate.ts');

/** The validation loss after the last step; NaN where the run ended because its loss was no number. */
async function finalLoss({ adapter, learningRateRatio = 1 }, learningRate) {
  const folder = await mkdtemp(join(tmpdir(), 'mora-bench-'));
  try {
    const set = {
      ...Object.fromEntries(Object.entries(adapter).map(([field, value]) => [`adapter.${field}`, value])),
      'training.learningRate': learningRate,
      'training.learningRateRatio': learningRateRatio,
      'training.steps': Number(values.steps),
      'training.seed': Number(values.seed),
      'training.evaluateEvery': Number(values.steps),
      'training.saveEvery': 0,
      'training.keepBest': false,
    };
    const options = Object.entries(set).flatMap(([field, value]) => ['--set', `${field}=${JSON.stringify(value)}`]);
    const args = ['train', file, '--run-dir', join(folder, 'run'), '--json', ...options];
    const lines = await run(process.execPath, [cli, ...args]);
    return lines.map((line) => JSON.parse(line)).findLast(({ kind }) => kind === 'evaluation').loss ?? NaN;
  } catch (error) {
    if (/is not a number|is no number|not finite/.test(String(error))) return NaN;
    throw error;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

console.log(`${values.steps} steps, seed ${values.seed}\n`);
console.log(`| method | rank | auto | ${times.map((factor) => `× ${factor}`).join(' | ')} |`);
console.log(`|---|---|---|${'---|'.repeat(times.length)}`);
for (const method of METHODS) {
  const { learningRateRatio } = method;
  const { rate } = chosenLearningRate({ learningRate: 'auto', learningRateRatio }, method.adapter);
  const losses = [];
  for (const factor of times) losses.push(await finalLoss(method, Number((rate * factor).toPrecision(6))));
  const lowest = Math.min(...losses.filter(Number.isFinite));
  const cells = losses.map((loss) => (loss === lowest ? `**${loss.toFixed(3)}**` : loss.toFixed(3)));
  console.log(`| ${[method.name, method.adapter.rank, rate.toExponential(1), ...cells].join(' | ')} |`);
}
