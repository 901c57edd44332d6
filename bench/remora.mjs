import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';
import { run } from './engine.mjs';

/**
 * npm run bench:remora -- [--periods 6] [--every 20] [--warmup 5] [--rank 8] [--seed 0]
 *
 * What merging does to the rank of the accumulated ΔW: the embedded model trained on the pronunciation data, without
 * merges, with ReMoRA through the types 1 to 4, with ReMoRA by shuffles, and with LoRA and ReLoRA. Prints the rank after
 * each period and the validation loss.
 */
const { values } = parseArgs({
  options: {
    periods: { type: 'string', default: '6' },
    every: { type: 'string', default: '20' },
    warmup: { type: 'string', default: '5' },
    rank: { type: 'string', default: '8' },
    seed: { type: 'string', default: '0' },
  },
});
const periods = Number(values.periods);
const every = Number(values.every);

/** A singular value counts from this share of the largest: spectra are exact, but what was trained is float32. */
const COUNTS = 1e-6;
/** The module whose rank is shown by itself, square. */
const SHOWN = 'model.layers.0.self_attn.q_proj';

const repository = fileURLToPath(new URL('..', import.meta.url));
const cli = join(repository, 'dist', 'cli.js');
const example = (name) => join(repository, 'examples', `pronounce-${name}.mora.json`);
const remora = (regroup) => ({ mergeEvery: every, restartWarmup: Number(values.warmup), regroup });
const CONTESTANTS = [
  { name: 'MoRA, sharing', file: example('sharing'), remora: null },
  { name: 'ReMoRA, cycle', file: example('sharing'), remora: remora('cycle') },
  { name: 'ReMoRA, permutation', file: example('sharing'), remora: remora('permutation') },
  { name: 'LoRA', file: example('lora'), remora: null },
  { name: 'ReLoRA', file: example('lora'), remora: remora('permutation') },
];

async function linesOf(file) {
  const text = await readFile(file, 'utf8');
  return text.trim().split('\n').map(JSON.parse);
}

/** Trains, and returns the spectra of each checkpoint and the last validation loss. */
async function trained(contestant) {
  const folder = await mkdtemp(join(tmpdir(), 'mora-bench-'));
  try {
    const set = {
      'adapter.rank': Number(values.rank),
      'training.steps': periods * every,
      'training.seed': Number(values.seed),
      'training.remora': contestant.remora,
      'training.saveEvery': every,
      'training.evaluateEvery': periods * every,
      'training.keepBest': false,
    };
    const options = Object.entries(set).flatMap(([field, value]) => ['--set', `${field}=${JSON.stringify(value)}`]);
    const root = join(folder, 'run');
    await run(process.execPath, [cli, 'train', contestant.file, '--run-dir', root, '--json', ...options]);
    const metrics = await linesOf(join(root, 'metrics.jsonl'));
    const { trainableParameters } = JSON.parse(await readFile(join(root, 'status.json'), 'utf8'));
    return {
      spectra: await linesOf(join(root, 'spectra.jsonl')),
      loss: metrics.findLast(({ kind }) => kind === 'evaluation').loss,
      parameters: trainableParameters,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const rankOf = ({ singularValues }) => singularValues.filter((sigma) => sigma > COUNTS * singularValues[0]).length;
const mean = (numbers) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length;

console.log(`${periods} periods of ${every} steps, rank ${values.rank}, seed ${values.seed}\n`);
const ends = Array.from({ length: periods }, (_, i) => (i + 1) * every);
console.log(
  `| method | parameters | rank of ΔW of ${SHOWN} after ${ends.join(', ')} steps | bound | mean rank, all modules | mean effective rank | validation loss |`,
);
console.log('|---|---|---|---|---|---|---|');
for (const contestant of CONTESTANTS) {
  const { spectra, loss, parameters } = await trained(contestant);
  const shown = ends.map((step) => spectra.find((line) => line.step === step && line.name === SHOWN));
  const last = spectra.filter(({ step }) => step === ends.at(-1));
  const cells = [
    contestant.name,
    parameters,
    shown.map(rankOf).join(', '),
    shown.map(({ rankBound }) => rankBound).join(', '),
    mean(last.map(rankOf)).toFixed(1),
    mean(last.map(({ effectiveRank }) => effectiveRank)).toFixed(1),
    loss.toFixed(4),
  ];
  console.log(`| ${cells.join(' | ')} |`);
}
