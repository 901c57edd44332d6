import { copyFile, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';
import { ADAPTERS } from './adapters.mjs';
import { measureTraining, speedConfiguration } from './engine.mjs';
import { median } from './median.mjs';
import { MODEL_CACHE } from './modelCache.mjs';
import { measurePeer } from './peer.mjs';
import { randomModel } from './randomModel.mjs';
import { SHAPES } from './shapes.mjs';
import { imported } from './source.mjs';
import { writeBatches } from './writeBatches.mjs';

/**
 * npm run bench:packed -- [--shape smollm2-135m] [--batch 32] [--steps 8] [--warmup 3] [--rounds 2]
 *                         [--methods sharing-int8,lora-int8,sharing-float32] [--peer f32,bf16-compile]
 *
 * Tokens a second, padding not counted, on short examples of different lengths: the pronunciation data. This engine
 * packs several examples into a row, none of which sees another; PyTorch + PEFT pads every batch to its longest example, as
 * transformers' collators do. Both get the same examples in the same steps and the same supervised tokens, in turn. The
 * peer's batches are padded before its time begins; this engine's time includes packing. With torch.compile all batches
 * are padded to the longest example of all, so that there is one shape to compile; that falls into the warm-up.
 */
const { values } = parseArgs({
  options: {
    shape: { type: 'string', default: 'smollm2-135m' },
    batch: { type: 'string', default: '32' },
    steps: { type: 'string', default: '8' },
    warmup: { type: 'string', default: '3' },
    rounds: { type: 'string', default: '2' },
    methods: { type: 'string', default: 'sharing-int8,lora-int8,sharing-float32' },
    peer: { type: 'string', default: 'f32,bf16-compile' },
  },
});
const [batch, warmup] = [Number(values.batch), Number(values.warmup)];
const steps = warmup + Number(values.steps);
const shape = SHAPES[values.shape];
if (shape === undefined) throw new Error(`unknown shape ${values.shape}; there are ${Object.keys(SHAPES).join(', ')}`);

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = await mkdtemp(join(tmpdir(), 'mora-bench-'));
try {
  const model = await readableModel();
  const data = { train: join(root, 'examples/data/pronounce.train.jsonl'), maxLength: 64 };
  const contestants = [];
  for (const name of values.methods.split(',')) {
    const [method, base] = name.split('-');
    const file = join(folder, `${name}.mora.json`);
    await writeFile(file, speedConfiguration({ model, data, adapter: ADAPTERS[method], base, batch, steps }));
    contestants.push({ name: `MoRA Studio, ${method}, ${base}`, file, measure: () => measureTraining(file, warmup) });
  }
  const batches = join(folder, 'batches.jsonl');
  await writeBatches(contestants[0].file, steps, batches);
  const padding = await packedPadding(batches);
  for (const kind of values.peer.split(',').filter(Boolean)) {
    const measure = () => measurePeer(kind, { shape: values.shape, batches, warmup });
    contestants.push({ name: `PyTorch + PEFT LoRA, ${kind}`, measure });
  }

  const results = new Map(contestants.map(({ name }) => [name, []]));
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const { name, measure } of contestants) {
      const result = { padding, ...(await measure()) };
      results.get(name).push(result);
      process.stderr.write(`round ${round + 1}: ${name}: ${result.median.toFixed(1)} tokens/s\n`);
    }
  }
  printTable(results);
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** The random weights of the shape with the embedded model's tokenizer, whose ids fit its vocabulary. */
async function readableModel() {
  const weights = await randomModel(MODEL_CACHE, values.shape, shape);
  for (const name of ['config.json', 'model.safetensors']) await symlink(join(weights, name), join(folder, name));
  for (const name of ['tokenizer.json', 'tokenizer_config.json']) {
    await copyFile(join(root, 'media/model/tiny-llama-3m', name), join(folder, name));
  }
  return folder;
}

/** Share of padding in what this engine makes of the batches. */
async function packedPadding(file) {
  const { batchLayout, paddedRows } = await imported('engine/training/microBatches.ts');
  const lines = (await readFile(file, 'utf8')).trim().split('\n');
  const lengths = lines.map((line) => JSON.parse(line).map(({ tokens }) => tokens.length));
  const layout = batchLayout(Math.max(...lengths.flat()), shape.max_position_embeddings ?? Infinity);
  const places = lengths.flatMap((step) => paddedRows(step, layout)).flat().length * layout.rowLength;
  return 1 - lengths.flat().reduce((sum, length) => sum + length, 0) / places;
}

function printTable(results) {
  const middle = (name) => median(results.get(name).map((result) => result.median));
  const peers = [...results.keys()].filter((name) => name.startsWith('PyTorch'));
  console.log(`${values.shape}, pronunciation data, ${batch} examples a step, ${steps - warmup} steps after ${warmup}`);
  console.log(`| what | tokens/s, median | lowest to highest | padding | peak MiB | ${times(peers)} |`);
  console.log(`|---|---|---|---|---|${peers.map(() => '---|').join('')}`);
  for (const [name, rounds] of results) {
    const rates = rounds.map((result) => result.median);
    const spread = `${Math.min(...rates).toFixed(0)} to ${Math.max(...rates).toFixed(0)}`;
    const empty = `${(100 * rounds[0].padding).toFixed(0)} %`;
    const peak = Math.max(...rounds.map((result) => result.peakMiB)).toFixed(0);
    const against = peers.map((peer) => (middle(name) / middle(peer)).toFixed(2));
    console.log(`| ${[name, middle(name).toFixed(1), spread, empty, peak, ...against].join(' | ')} |`);
  }
}

function times(peers) {
  return peers.map((name) => `× ${name}`).join(' | ');
}
