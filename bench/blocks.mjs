import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ADAPTERS } from './adapters.mjs';
import { MODEL_CACHE } from './modelCache.mjs';
import { randomModel } from './randomModel.mjs';
import { SHAPES } from './shapes.mjs';
import { bundled, measured } from './source.mjs';

/**
 * npm run bench:blocks -- [--shape smollm2-135m] [--bases float32,int8] [--methods sharing,lora] [--rows 1,2,4]
 *                         [--length 512] [--rounds 3] [--profile]
 *
 * Milliseconds of a decoder block forward and backward and of the head, by micro-batch size, all in turn round after
 * round. With --profile, the ops of forward, head and backward with their times, and no table.
 */
const { values } = parseArgs({
  options: {
    shape: { type: 'string', default: 'smollm2-135m' },
    bases: { type: 'string', default: 'float32,int8' },
    methods: { type: 'string', default: 'sharing,lora' },
    rows: { type: 'string', default: '1,2,4' },
    length: { type: 'string', default: '512' },
    rounds: { type: 'string', default: '3' },
    layers: { type: 'string', default: '4' },
    profile: { type: 'boolean', default: false },
  },
});
/** Ops shown of a program. */
const SHOWN = 12;

const program = await bundled('blockTime');
const model = await randomModel(MODEL_CACHE, values.shape, SHAPES[values.shape]);
const length = Number(values.length);
const contestants = values.bases
  .split(',')
  .flatMap((base) =>
    values.methods
      .split(',')
      .flatMap((method) => values.rows.split(',').map((rows) => ({ base, method, rows: Number(rows), found: [] }))),
  );

async function measure({ base, method, rows }, profile) {
  const options = { model, base, rows, length, adapter: ADAPTERS[method], layers: Number(values.layers), repeats: 4 };
  return measured(program, { ...options, profile });
}

if (values.profile) {
  for (const contestant of contestants) await printOps(contestant);
} else {
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const contestant of contestants) contestant.found.push(await measure(contestant));
  }
  printTable();
}

function printTable() {
  const { num_hidden_layers: layers } = SHAPES[values.shape];
  console.log('| base | method | tokens | forward, ms | backward, ms | head, ms | tokens/s of all layers |');
  console.log('| --- | --- | --- | --- | --- | --- | --- |');
  for (const { base, method, rows, found } of contestants) {
    const best = (name) => Math.min(...found.map((times) => times[name]));
    const span = (name) => `${best(name).toFixed(1)} to ${Math.max(...found.map((times) => times[name])).toFixed(1)}`;
    const step = layers * (best('forward') + best('backward')) + best('head');
    const tokens = rows * length;
    const cells = [base, method, tokens, span('forward'), span('backward'), span('head')];
    console.log(`| ${cells.join(' | ')} | ${((1000 * tokens) / step).toFixed(0)} |`);
  }
}

/** The times of ops of each compiled program, a run of it, by op and size of the result. */
async function printOps(contestant) {
  const folder = await mkdtemp(join(tmpdir(), 'mora-bench-'));
  try {
    await measure(contestant, join(folder, 'ops'));
    for (const file of (await readdir(folder)).sort()) {
      const events = JSON.parse(await readFile(join(folder, file), 'utf8'));
      const runs = events.filter(({ name }) => name === 'model_run').length;
      const ops = new Map();
      for (const { cat, name, dur, args } of events) {
        if (cat !== 'Node' || !name.endsWith('_kernel_time')) continue;
        const sizes = args.output_type_shape.map((output) => Object.values(output)[0].join('×'));
        const key = `${args.op_name} ${sizes[0] ?? ''}`;
        const { time, count } = ops.get(key) ?? { time: 0, count: 0 };
        ops.set(key, { time: time + dur / 1000 / runs, count: count + 1 / runs });
      }
      const total = [...ops.values()].reduce((sum, { time }) => sum + time, 0);
      console.log(`\n${contestant.base}, ${contestant.method}, ${runs} runs of ${total.toFixed(1)} ms`);
      const dearest = [...ops].sort(([, a], [, b]) => b.time - a.time).slice(0, SHOWN);
      for (const [key, { time, count }] of dearest)
        console.log(`  ${time.toFixed(2).padStart(7)} ms  ${Math.round(count)} × ${key}`);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
