import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';
import { run } from './engine.mjs';
import { plantOutliers } from './outliers.mjs';

/**
 * npm run bench:int8 -- [--steps 200] [--every 50] [--seed 0] [--methods sharing,rotation,lora] [--models plain,outliers]
 *
 * What an int8 base does to the loss: the embedded model trained on the pronunciation data with a float32 and with an int8
 * base, as it is and with planted outlier channels. Prints the validation losses of both and their difference.
 */
const { values } = parseArgs({
  options: {
    steps: { type: 'string', default: '200' },
    every: { type: 'string', default: '50' },
    seed: { type: 'string', default: '0' },
    methods: { type: 'string', default: 'sharing,rotation,lora' },
    models: { type: 'string', default: 'plain,outliers' },
  },
});
const repository = fileURLToPath(new URL('..', import.meta.url));
const cli = join(repository, 'dist', 'cli.js');
/** Each with the learning rate that suits it. */
const EXAMPLES = { sharing: 'pronounce-sharing', rotation: 'pronounce-mora', lora: 'pronounce-lora' };
const embedded = join(repository, 'media', 'model', 'tiny-llama-3m');

/** Validation losses by step. */
async function trained(folder, model, method, base) {
  const file = join(repository, 'examples', `${EXAMPLES[method]}.mora.json`);
  const set = {
    model,
    'compute.base': base,
    'training.steps': Number(values.steps),
    'training.evaluateEvery': Number(values.every),
    'training.seed': Number(values.seed),
    'training.keepBest': false,
    'training.saveEvery': 0,
  };
  const overrides = Object.entries(set).flatMap(([key, value]) => ['--set', `${key}=${JSON.stringify(value)}`]);
  const out = join(folder, `${method}-${base}`);
  const lines = await run(process.execPath, [cli, 'train', file, '--json', '--run-dir', out, ...overrides]);
  await rm(out, { recursive: true, force: true });
  return lines
    .map((line) => JSON.parse(line))
    .filter(({ kind }) => kind === 'evaluation')
    .map(({ step, loss }) => ({ step, loss }));
}

const folder = await mkdtemp(join(tmpdir(), 'mora-bench-'));
try {
  const outliers = join(folder, 'outliers');
  await plantOutliers(embedded, outliers);
  const models = { plain: embedded, outliers };
  const rows = [];
  for (const name of values.models.split(',')) {
    for (const method of values.methods.split(',')) {
      const exact = await trained(folder, models[name], method, 'float32');
      const bytes = await trained(folder, models[name], method, 'int8');
      exact.forEach(({ step, loss }, index) => {
        const difference = bytes[index].loss / loss - 1;
        rows.push({ name, method, step, exact: loss, bytes: bytes[index].loss, difference });
      });
      const last = rows.at(-1);
      process.stderr.write(`${name}, ${method}: ${last.exact.toFixed(4)} ${last.bytes.toFixed(4)}\n`);
    }
  }
  console.log('| model | method | step | float32 | int8 | difference |');
  console.log('| --- | --- | --- | --- | --- | --- |');
  for (const { name, method, step, exact, bytes, difference } of rows) {
    const share = `${difference < 0 ? '−' : '+'}${Math.abs(100 * difference).toFixed(2)} %`;
    console.log(`| ${name} | ${method} | ${step} | ${exact.toFixed(4)} | ${bytes.toFixed(4)} | ${share} |`);
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
