// @ts-check
// Run directories as a training engine would have left them, made from formulas: for pictures and for trying panels.
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';

/** @typedef {'sharing' | 'rotation'} Mode */
/**
 * @typedef {object} SyntheticRun
 * @property {string} root
 * @property {string} name
 * @property {number} [steps] written
 * @property {number} [total]
 * @property {string} [state]
 * @property {string | null} [error]
 * @property {'mora' | 'lora'} [method]
 * @property {number} [learningRate]
 * @property {number} [floor] where the loss goes
 * @property {number} [brokenAt] from this step on the loss is NaN
 * @property {number} [seed]
 * @property {number} [layers]
 */

const HIDDEN = 192;
const INNER = 512;
const RANK = 8;
const MODULES = /** @type {const} */ ([
  ['q_proj', HIDDEN, HIDDEN],
  ['k_proj', HIDDEN, 64],
  ['v_proj', HIDDEN, 64],
  ['o_proj', HIDDEN, HIDDEN],
  ['gate_proj', HIDDEN, INNER],
  ['up_proj', HIDDEN, INNER],
  ['down_proj', INNER, HIDDEN],
]);

/** @param {SyntheticRun} options */
export async function writeSyntheticRun({
  root,
  name,
  steps = 812,
  total = 2000,
  state = 'running',
  error = null,
  method = 'mora',
  learningRate = 3e-4,
  floor = 1.62,
  brokenAt = Infinity,
  seed = 1,
  layers = 12,
}) {
  const random = generator(seed);
  const every = Math.max(1, Math.round(total / 20));
  await mkdir(path.join(root, 'checkpoints'), { recursive: true });
  const lines = [];
  let seconds = 0;
  let loss = 0;
  let validation = null;
  const checkpoints = [];
  for (let step = 1; step <= steps; step++) {
    const made = stepLine(step, { total, learningRate, floor, random, seconds, name });
    seconds = made.seconds;
    loss = made.loss;
    lines.push(
      JSON.stringify({
        ...made,
        loss: step >= brokenAt ? null : made.loss,
        gradNorm: step >= brokenAt ? null : made.gradNorm,
      }),
    );
    if (step % Math.max(1, Math.round(total / 40)) === 0) {
      validation = curve(step, total, floor) + 0.06 + 0.1 * (step / total) ** 2 + 0.008 * (random() - 0.5);
      const accuracy = 0.75 - validation / 8;
      lines.push(JSON.stringify({ kind: 'evaluation', step, loss: step >= brokenAt ? null : validation, accuracy }));
    }
    if (step % every === 0) checkpoints.push(step);
  }
  await writeFile(path.join(root, 'metrics.jsonl'), lines.map((line) => `${line}\n`).join(''));
  const spectra = checkpoints.flatMap((step) => spectraAt(step, total, method, layers));
  await writeFile(path.join(root, 'spectra.jsonl'), spectra.map((line) => `${JSON.stringify(line)}\n`).join(''));
  for (const step of checkpoints) {
    await mkdir(path.join(root, 'checkpoints', `step-${String(step).padStart(7, '0')}`), { recursive: true });
  }
  await writeFile(path.join(root, 'config.json'), JSON.stringify(configuration(method, learningRate, total), null, 2));
  await writeFile(path.join(root, 'samples.jsonl'), samples([0, ...checkpoints]));
  await writeFile(path.join(root, 'log.txt'), `${name}\n`);
  await writeStatus(root, {
    name,
    state,
    error,
    step: steps,
    total,
    loss,
    validation,
    checkpoint: checkpoints.at(-1) ?? null,
    layers,
  });
}

/**
 * @param {string} root
 * @param {{ name: string, state: string, error: string | null, step: number, total: number, loss: number, validation: number | null, checkpoint: number | null, layers: number }} facts
 */
export async function writeStatus(root, { name, state, error, step, total, loss, validation, checkpoint, layers }) {
  const perLayer = MODULES.reduce((sum, [, dIn, dOut]) => sum + RANK * (dIn + dOut), 0);
  const status = {
    version: 1,
    state,
    error,
    activity: null,
    pid: state === 'interrupted' ? 2 ** 22 : process.pid,
    host: hostname(),
    socket: null,
    configurationFile: path.join(path.dirname(root), `${name}.mora.json`),
    startedAt: '2026-02-03T10:00:00.000Z',
    updatedAt: new Date(Date.UTC(2026, 1, 3, 10, 0, 0, step)).toISOString(),
    step,
    totalSteps: total,
    epoch: step / 500,
    loss,
    validationLoss: validation,
    tokensPerSecond: 2150,
    secondsLeft: (total - step) * 0.41,
    trainableParameters: perLayer * layers,
    checkpointStep: checkpoint,
  };
  // Replaced at once, as the engine does, for a panel may be looking.
  const beside = path.join(root, `.status-${step}.tmp`);
  await writeFile(beside, JSON.stringify(state === 'interrupted' ? { ...status, state: 'running' } : status));
  await rename(beside, path.join(root, 'status.json'));
}

/**
 * @param {number} step
 * @param {{ total: number, learningRate: number, floor: number, random: () => number, seconds: number, name: string }} run
 */
export function stepLine(step, { total, learningRate, floor, random, seconds }) {
  const noise = (random() + random() + random() - 1.5) * 0.16;
  const spike = step === Math.round(total * 0.27) ? 2.4 : 0;
  const tokensPerSecond = 2150 + 180 * (random() - 0.5) - (step % 97 === 0 ? 600 : 0);
  const tokens = 780 + Math.round(240 * random());
  const warmup = 0.03 * total;
  const share = (step - warmup) / (total - warmup);
  return {
    kind: 'step',
    step,
    epoch: step / 500,
    tokens,
    supervisedTokens: Math.round(tokens * 0.6),
    loss: curve(step, total, floor) + noise * curve(step, total, floor) * 0.4 + spike,
    learningRate: step < warmup ? (learningRate * step) / warmup : learningRate * 0.5 * (1 + Math.cos(Math.PI * share)),
    gradNorm: 0.35 + 1.9 * Math.exp(-step / (0.04 * total)) + 0.12 * random() + spike * 1.2,
    tokensPerSecond,
    residentBytes: (1.18 + 0.22 * Math.min(1, step / 60) + 0.01 * random()) * 2 ** 30,
    seconds: seconds + tokens / tokensPerSecond,
  };
}

/** @param {number} step @param {number} total @param {number} floor */
function curve(step, total, floor) {
  return floor + 2.1 * Math.exp(-step / (0.035 * total)) + 0.7 * Math.exp(-step / (0.35 * total));
}

/** @param {number} step @param {number} total @param {'mora' | 'lora'} method @param {number} layers */
function spectraAt(step, total, method, layers) {
  const lines = [];
  const progress = 1 - Math.exp((-3 * step) / total);
  for (let layer = 0; layer < layers; layer++) {
    const random = generator(1000 + layer);
    for (const [module, dIn, dOut] of MODULES) {
      const depth = layer / Math.max(1, layers - 1);
      const strength = (0.5 + 0.9 * depth + 0.3 * random()) * progress * (module === 'k_proj' ? 0.7 : 1);
      const rHat = Math.floor(Math.sqrt((dIn + dOut) * RANK));
      const bound = method === 'mora' ? Math.min(dIn, dOut) : RANK;
      const scale =
        bound * (0.35 + 0.65 * progress) * (0.14 + 0.22 * depth + 0.16 * random() + (module === 'v_proj' ? 0.12 : 0));
      const singularValues = Array.from({ length: bound }, (_, index) => {
        const tail =
          method === 'mora'
            ? Math.exp(-index / scale) * (1 - 0.6 * (index / bound) ** 4)
            : 2.4 * Math.exp(-index / 3.2);
        return strength * (0.35 * Math.exp(-index / 2.5) + 0.65 * tail);
      });
      lines.push({
        kind: 'spectrum',
        step,
        name: `model.layers.${layer}.${module.startsWith('gate') || module.endsWith('n_proj') || module.startsWith('up') ? 'mlp' : 'self_attn'}.${module}`,
        ...{ layer, module, dIn, dOut, method },
        ...(method === 'mora' ? { moraType: 6, rHat } : { rank: RANK }),
        parameters: method === 'mora' ? rHat * rHat : RANK * (dIn + dOut),
        rankBound: bound,
        ...measures(singularValues),
        singularValues: singularValues.map((value) => Number(value.toPrecision(6))),
      });
    }
  }
  return lines;
}

/** Words that come right one after another. @param {number[]} steps */
function samples(steps) {
  const settings = { promptTokens: 9, tokens: 8, reason: 'end', maxTokens: 64, temperature: 0, seed: 0 };
  const prompts = [
    { prompt: 'Pronounce: matrix\n', expected: 'M EY1 T R IH0 K S', base: 'the the the of\u0007 and and' },
    { prompt: 'Pronounce: singular\n', expected: 'S IH1 NG G Y AH0 L ER0', base: 'Pronounce: Pronounce:' },
    { prompt: 'Pronounce: rank\n', expected: 'R AE1 NG K', base: 'a a a a a' },
  ];
  const lines = prompts.map(({ prompt, expected, base }, index) => {
    return { kind: 'base', step: 0, index, prompt, expected, text: base, ...settings, reason: 'length' };
  });
  for (const [place, step] of steps.entries()) {
    for (const [index, { prompt, expected }] of prompts.entries()) {
      const words = expected
        .split(' ')
        .map((word, at) => (at < place ? word : (['AH0', 'T', 'S'][(at + index) % 3] ?? '')));
      lines.push({ kind: 'sample', step, index, prompt, expected, text: words.join(' '), ...settings });
    }
  }
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

/** @param {number[]} sigma */
function measures(sigma) {
  const sum = sigma.reduce((a, b) => a + b, 0);
  const energy = sigma.reduce((a, b) => a + b * b, 0);
  let held = 0;
  return {
    effectiveRank: Math.exp(-sigma.reduce((a, b) => a + (b / sum) * Math.log(b / sum), 0)),
    stableRank: energy / (sigma[0] ?? 1) ** 2,
    countAbove: sigma.filter((value) => value > 0.1).length,
    energyRank: sigma.findIndex((value) => (held += value * value) >= 0.9 * energy) + 1,
    frobenius: Math.sqrt(energy),
  };
}

/** @param {'mora' | 'lora'} method @param {number} learningRate @param {number} steps */
function configuration(method, learningRate, steps) {
  return {
    model: './models/tiny',
    data: { train: './data/train.jsonl', validation: 0.05, maxLength: 512 },
    adapter: { method, mode: 'rotation', rank: RANK, alpha: method === 'lora' ? 16 : null },
    training: {
      ...{ steps, batchSize: 16, learningRate, schedule: 'cosine' },
      remora: method === 'mora' ? { mergeEvery: 300 } : null,
    },
  };
}

/** A small generator of numbers in [0, 1) (Steele & Vigna's splitmix, 32 bits). @param {number} seed */
export function generator(seed) {
  let state = seed;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let value = state ^ (state >>> 16);
    value = Math.imul(value, 0x21f0aaad);
    value ^= value >>> 15;
    value = Math.imul(value, 0x735a2d97);
    return ((value ^ (value >>> 15)) >>> 0) / 2 ** 32;
  };
}
