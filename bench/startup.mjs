import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';
import { MODEL_CACHE } from './modelCache.mjs';
import { randomModel } from './randomModel.mjs';
import { randomLines } from './engine.mjs';
import { SHAPES } from './shapes.mjs';

/**
 * npm run bench:startup -- [--shape smollm2-135m] [--bases int8,float32] [--batch 4] [--length 512] [--rounds 3]
 *
 * Seconds from `mora train` to the start of the first step and to its end, and to what the run tells of between them, with the
 * files in memory. In the first round the cache of tokenized data is empty.
 */
const { values } = parseArgs({
  options: {
    shape: { type: 'string', default: 'smollm2-135m' },
    bases: { type: 'string', default: 'int8,float32' },
    batch: { type: 'string', default: '4' },
    length: { type: 'string', default: '512' },
    rounds: { type: 'string', default: '3' },
  },
});
const CLI = fileURLToPath(new URL('../dist/cli.js', import.meta.url));
const shape = SHAPES[values.shape];
const model = await randomModel(MODEL_CACHE, values.shape, shape);
const folder = await mkdtemp(join(tmpdir(), 'mora-bench-'));
try {
  const [batch, length] = [Number(values.batch), Number(values.length)];
  await writeFile(join(folder, 'data.jsonl'), randomLines(batch, length, shape.vocab_size));
  console.log('| base | round | first step starts, s | ends, s | activities, s |');
  console.log('| --- | --- | --- | --- | --- |');
  for (const base of values.bases.split(',')) {
    const configuration = {
      model,
      data: { train: 'data.jsonl', validation: 0, maxLength: length },
      adapter: { method: 'mora', mode: 'sharing', rank: 8 },
      training: { steps: 2, batchSize: batch, schedule: 'constant', warmup: 0, saveEvery: 0 },
      compute: { base, device: 'cpu' },
    };
    const file = join(folder, `${base}.mora.json`);
    await writeFile(file, JSON.stringify(configuration));
    for (let round = 1; round <= Number(values.rounds); round++) {
      const { activities, starts, ends } = await firstStep(file, join(folder, 'cache'));
      const told = activities.map(({ activity, seconds }) => `${activity} ${seconds.toFixed(2)}`).join('; ');
      console.log(`| ${base} | ${round} | ${starts.toFixed(2)} | ${ends.toFixed(2)} | ${told} |`);
    }
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** When things happened, in seconds since the command was started; ends the run after its first step. */
function firstStep(file, cacheFolder) {
  return new Promise((done, fail) => {
    const start = performance.now();
    const child = spawn(process.execPath, [CLI, 'train', file, '--json'], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, MORA_CACHE: cacheFolder },
    });
    const activities = [];
    let rest = '';
    let found;
    child.stdout.on('data', (chunk) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop();
      for (const line of lines) {
        const seconds = (performance.now() - start) / 1000;
        const event = JSON.parse(line);
        if (event.kind === 'status' && event.activity !== null && event.activity !== activities.at(-1)?.activity) {
          activities.push({ activity: event.activity, seconds });
        }
        if (event.kind === 'step' && found === undefined) {
          const length = event.seconds;
          found = { activities, starts: seconds - length, ends: seconds };
          child.kill('SIGTERM');
        }
      }
    });
    child.on('error', fail);
    child.on('close', () => (found === undefined ? fail(new Error('the run ended before a step')) : done(found)));
  });
}
