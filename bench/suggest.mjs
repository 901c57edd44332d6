import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';
import { run } from './engine.mjs';

/**
 * npm run bench:suggest -- [--share 0.5] [--steps 150] [--seeds 0,1,2] [--methods rotation,lora] [--rank 8]
 *   [--choice score|gradient|layers] [--contestants all,chosen,others]
 *
 * Whether `mora plan --suggest` is worth something: the modules that it suggests against the others and against all, at
 * equal trainable parameters (the rank makes up for the fewer modules), equal steps, seeds and learning rate, on the
 * embedded model and the pronunciation data. Prints the final validation losses.
 *
 * Other choices, to see what the suggestion owes its merit to: the highest gradient norms, without the norm of the
 * weight; or of every module the layers with the highest scores, so that both halves have the same modules.
 */
const { values } = parseArgs({
  options: {
    share: { type: 'string', default: '0.5' },
    steps: { type: 'string', default: '150' },
    seeds: { type: 'string', default: '0,1,2' },
    methods: { type: 'string', default: 'rotation,lora' },
    rank: { type: 'string', default: '8' },
    choice: { type: 'string', default: 'score' },
    contestants: { type: 'string', default: 'all,chosen,others' },
  },
});
const steps = Number(values.steps);
const seeds = values.seeds.split(',').map(Number);

/** The parameters of two contestants may differ by this share of all. */
const TOLERANCE = 0.02;
/** How far the rank of all modules may move from --rank until the three agree so well. */
const RANK_REACH = 4;
const MAX_RANK = 512;

const repository = fileURLToPath(new URL('..', import.meta.url));
const cli = join(repository, 'dist', 'cli.js');
const CONFIGURATIONS = {
  rotation: join(repository, 'examples', 'pronounce-mora.mora.json'),
  lora: join(repository, 'examples', 'pronounce-lora.mora.json'),
};

/** Trainable parameters on modules at a rank; the runs' own figures are checked against it. */
function parametersOf(method, modules, rank) {
  return modules.reduce((sum, { dIn, dOut }) => {
    if (method === 'lora') return sum + rank * (dIn + dOut);
    const side = Math.floor(Math.sqrt((dIn + dOut) * rank) + 0.5);
    return sum + (side - (side % 2)) ** 2;
  }, 0);
}

function nearestRank(method, modules, parameters) {
  let best = 1;
  for (let rank = 1; rank <= MAX_RANK; rank++) {
    const off = (candidate) => Math.abs(parametersOf(method, modules, candidate) - parameters);
    if (off(rank) < off(best)) best = rank;
  }
  return best;
}

/** Ranks at which all contestants have nearly the same parameters, those of all modules nearest to --rank. */
function equalRanks(method, contestants) {
  const [all] = contestants;
  const reach = Array.from({ length: 2 * RANK_REACH + 1 }, (_, i) => Number(values.rank) + i - RANK_REACH);
  reach.sort((a, b) => Math.abs(a - values.rank) - Math.abs(b - values.rank));
  for (const rank of reach.filter((candidate) => candidate > 0)) {
    const parameters = parametersOf(method, all.modules, rank);
    const ranks = contestants.map(({ modules }) => nearestRank(method, modules, parameters));
    const counts = contestants.map(({ modules }, index) => parametersOf(method, modules, ranks[index]));
    if ((Math.max(...counts) - Math.min(...counts)) / parameters <= TOLERANCE) return ranks;
  }
  throw new Error(`no ranks near ${values.rank} give equal parameters; choose another --rank`);
}

/** The best share of modules by a figure. */
function best(modules, figure) {
  const ranked = [...modules].sort((a, b) => figure(b) - figure(a));
  return ranked.slice(0, Math.max(1, Math.round(Number(values.share) * modules.length)));
}

const CHOICES = {
  score: (modules) => modules.filter(({ suggested }) => suggested),
  gradient: (modules) => best(modules, ({ gradientNorm }) => gradientNorm),
  layers: (modules) =>
    [...new Set(modules.map(({ module }) => module))].flatMap((name) =>
      best(
        modules.filter(({ module }) => module === name),
        ({ score }) => score,
      ),
    ),
};

function targetsOf(modules) {
  const targets = {};
  for (const { layer, module } of modules) (targets[layer] ??= []).push(module);
  return targets;
}

/** Trains and returns trainable parameters and the validation loss after the last step. */
async function finalLoss(file, { modules, rank }, seed) {
  const folder = await mkdtemp(join(tmpdir(), 'mora-bench-'));
  try {
    const set = {
      'adapter.rank': rank,
      'adapter.targets': targetsOf(modules),
      'training.steps': steps,
      'training.seed': seed,
      'training.evaluateEvery': steps,
      'training.saveEvery': 0,
      'training.keepBest': false,
    };
    const options = Object.entries(set).flatMap(([field, value]) => ['--set', `${field}=${JSON.stringify(value)}`]);
    const root = join(folder, 'run');
    const lines = await run(process.execPath, [cli, 'train', file, '--run-dir', root, '--json', ...options]);
    const evaluation = lines.map((line) => JSON.parse(line)).findLast(({ kind }) => kind === 'evaluation');
    const { trainableParameters } = JSON.parse(await readFile(join(root, 'status.json'), 'utf8'));
    return { loss: evaluation.loss, parameters: trainableParameters };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

for (const method of values.methods.split(',')) {
  const file = CONFIGURATIONS[method];
  const [line] = await run(process.execPath, [cli, 'plan', file, '--suggest', '--json', '--share', values.share]);
  const { modules } = JSON.parse(line);
  const chosen = new Set(CHOICES[values.choice](modules));
  const contestants = [
    { name: 'all', modules },
    { name: 'chosen', modules: modules.filter((module) => chosen.has(module)) },
    { name: 'others', modules: modules.filter((module) => !chosen.has(module)) },
  ];
  const ranks = equalRanks(method, contestants);
  console.log(`\n${method}, ${steps} steps, chosen by ${values.choice}, share ${values.share}\n`);
  console.log(`| modules | number | rank | parameters | ${seeds.map((seed) => `seed ${seed}`).join(' | ')} | mean |`);
  console.log(`|---|---|---|---|${'---|'.repeat(seeds.length + 1)}`);
  for (const [index, contestant] of contestants.entries()) {
    if (!values.contestants.split(',').includes(contestant.name)) continue;
    const rank = ranks[index];
    const results = [];
    for (const seed of seeds) {
      results.push(await finalLoss(file, { ...contestant, rank }, seed));
      process.stderr.write(`${method}, ${contestant.name}, seed ${seed}: ${results.at(-1).loss.toFixed(4)}\n`);
    }
    const [{ parameters }] = results;
    if (parameters !== parametersOf(method, contestant.modules, rank)) throw new Error('the parameters are not equal');
    const losses = results.map(({ loss }) => loss);
    const mean = losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
    const cells = [
      contestant.name,
      contestant.modules.length,
      rank,
      parameters,
      ...[...losses, mean].map((loss) => loss.toFixed(4)),
    ];
    console.log(`| ${cells.join(' | ')} |`);
  }
}
