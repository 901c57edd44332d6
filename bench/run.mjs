import { homedir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';
import { measureEngine, run } from './engine.mjs';
import { randomModel } from './randomModel.mjs';
import { SHAPES } from './shapes.mjs';

/**
 * npm run bench -- [--shape smollm2-135m] [--batch 4] [--length 512] [--rounds 2] [--peer f32,bf16,bf16-compile] [--no-peer]
 *
 * Tokens a second of a whole training step (head, loss and optimizer included), this engine and PyTorch + PEFT LoRA
 * r = 8 in turn, so that a machine whose speed drifts treats both alike. The peer needs Python with torch,
 * transformers and peft; the product does not.
 */
const { values } = parseArgs({
  options: {
    shape: { type: 'string', default: 'smollm2-135m' },
    batch: { type: 'string', default: '4' },
    length: { type: 'string', default: '512' },
    steps: { type: 'string', default: '4' },
    rounds: { type: 'string', default: '2' },
    methods: { type: 'string', default: 'sharing,rotation,lora' },
    peer: { type: 'string', default: 'f32' },
    'no-peer': { type: 'boolean', default: false },
  },
});
const shape = SHAPES[values.shape];
if (shape === undefined) throw new Error(`unknown shape ${values.shape}; there are ${Object.keys(SHAPES).join(', ')}`);
const batch = Number(values.batch);
const length = Number(values.length);
const steps = Number(values.steps);
const WARMUP = 2;

const cache = process.env.MORA_STUDIO_CACHE ?? join(homedir(), '.cache', 'mora-studio');
const model = await randomModel(join(cache, 'bench'), values.shape, shape);
const METHODS = {
  sharing: { method: 'mora', mode: 'sharing', rank: 8 },
  rotation: { method: 'mora', mode: 'rotation', rank: 8 },
  lora: { method: 'lora', rank: 8 },
};

const contestants = values.methods.split(',').map((name) => ({
  name: `MoRA Studio, ${name.replace('-', ', ')}`,
  measure: () =>
    measureEngine({
      model,
      base: name.split('-')[1] ?? 'float32',
      vocabulary: shape.vocab_size,
      adapter: METHODS[name.split('-')[0]],
      batch,
      length,
      steps,
      warmup: WARMUP,
    }),
}));
if (!values['no-peer']) {
  for (const kind of values.peer.split(',')) {
    contestants.push({ name: `PyTorch + PEFT LoRA, ${kind}`, measure: () => measurePeer(kind) });
  }
}

async function measurePeer(kind) {
  const [dtype, compile] = kind.split('-');
  const script = fileURLToPath(new URL('./peft_peer.py', import.meta.url));
  const args = [
    script,
    '--shape',
    values.shape,
    '--dtype',
    dtype,
    '--batch',
    batch,
    '--length',
    length,
    '--steps',
    steps,
  ];
  const lines = await run('python3', [...args.map(String), ...(compile ? ['--compile'] : [])]);
  const result = JSON.parse(lines.at(-1));
  return {
    median: result.tokens_per_second.median,
    best: result.tokens_per_second.best,
    peakMiB: result.peak_rss_mib,
    losses: result.losses,
  };
}

const results = new Map(contestants.map(({ name }) => [name, []]));
for (let round = 0; round < Number(values.rounds); round++) {
  for (const { name, measure } of contestants) {
    const result = await measure();
    results.get(name).push(result);
    process.stderr.write(`round ${round + 1}: ${name}: ${result.median.toFixed(1)} tokens/s\n`);
  }
}

const peer = values['no-peer']
  ? undefined
  : median(results.get(contestants.at(-1).name).map((result) => result.median));
console.log(`${values.shape}, ${batch} × ${length} tokens, all supervised, ${steps} steps after ${WARMUP} of warm-up`);
console.log('| what | tokens/s, median | lowest to highest | peak MiB | against the last row |');
console.log('|---|---|---|---|---|');
for (const [name, rounds] of results) {
  const rates = rounds.map((result) => result.median);
  const ratio = peer === undefined ? '' : (median(rates) / peer).toFixed(2);
  const spread = `${Math.min(...rates).toFixed(0)} to ${Math.max(...rates).toFixed(0)}`;
  const peak = Math.max(...rounds.map((result) => result.peakMiB)).toFixed(0);
  console.log(`| ${name} | ${median(rates).toFixed(1)} | ${spread} | ${peak} | ${ratio} |`);
}

function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
