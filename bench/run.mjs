import { parseArgs } from 'node:util';
import { ADAPTERS } from './adapters.mjs';
import { measureEngine } from './engine.mjs';
import { median } from './median.mjs';
import { MODEL_CACHE } from './modelCache.mjs';
import { measurePeer } from './peer.mjs';
import { frozenOperations, productLimit } from './productLimit.mjs';
import { randomModel } from './randomModel.mjs';
import { SHAPES } from './shapes.mjs';
import { printStepTable } from './stepTable.mjs';

/**
 * npm run bench -- [--shape smollm2-135m] [--batch 4] [--length 512] [--rounds 2] [--peer f32,bf16,bf16-compile] [--no-peer]
 *                 [--memory 3]
 *
 * Tokens a second of a whole training step (head, loss and optimizer included), this engine and PyTorch + PEFT LoRA
 * r = 8 in turn, so that a machine whose speed drifts treats both alike. Beside it the best step of both, which others on
 * the machine hinder least, peak memory of both processes, MoRA's step against LoRA's, and the share of a step that its
 * frozen products would take alone at the speed that they reach on this machine now. The peer needs Python with torch,
 * transformers and peft; the product does not.
 * --memory bounds this engine's, in GiB. With --profile instead where the time of a step goes, of the first of the methods, by ONNX Runtime's profiler.
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
    memory: { type: 'string' },
    profile: { type: 'boolean', default: false },
  },
});
const shape = SHAPES[values.shape];
if (shape === undefined) throw new Error(`unknown shape ${values.shape}; there are ${Object.keys(SHAPES).join(', ')}`);
const batch = Number(values.batch);
const length = Number(values.length);
const steps = Number(values.steps);
const WARMUP = 2;

const model = await randomModel(MODEL_CACHE, values.shape, shape);
if (values.profile) {
  const [method, base = 'float32'] = values.methods.split(',')[0].split('-');
  await printStepTable({ model, shape, method, base, batch, length, steps, warmup: WARMUP });
} else {
  await compare();
}

async function compare() {
  const contestants = values.methods.split(',').map((name) => ({
    name: label(name.split('-')[0], name.split('-')[1] ?? 'float32'),
    measure: () =>
      measureEngine({
        model,
        base: name.split('-')[1] ?? 'float32',
        vocabulary: shape.vocab_size,
        adapter: ADAPTERS[name.split('-')[0]],
        ...(values.memory !== undefined && { memory: Number(values.memory) }),
        batch,
        length,
        steps,
        warmup: WARMUP,
      }),
  }));
  if (!values['no-peer']) {
    for (const kind of values.peer.split(',')) {
      contestants.push({
        name: `PyTorch + PEFT LoRA, ${kind}`,
        measure: () => measurePeer(kind, { shape: values.shape, batch, length, steps }),
      });
    }
  }

  const results = new Map(contestants.map(({ name }) => [name, []]));
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const { name, measure } of contestants) {
      const result = await measure();
      results.get(name).push(result);
      process.stderr.write(`round ${round + 1}: ${name}: ${result.median.toFixed(1)} tokens/s\n`);
    }
  }

  const middle = (name) => median(results.get(name).map((result) => result.median));
  const best = (name) => Math.max(...results.get(name).map((result) => result.best));
  const peers = contestants.filter(({ name }) => name.startsWith('PyTorch')).map(({ name }) => name);
  const single = peers.find((name) => name.endsWith(', f32'));
  const fastest = peers.toSorted((a, b) => middle(b) - middle(a))[0];
  const limit = await productLimit(shape, { peer: !values['no-peer'] });
  console.log(
    `${values.shape}, ${batch} × ${length} tokens, all supervised, ${steps} steps after ${WARMUP} of warm-up`,
  );
  const columns = [
    'what',
    'tokens/s, median',
    'lowest to highest',
    'best step',
    'peak MiB',
    '× peer float32',
    '× fastest peer',
    '× its best step',
    'product limit',
  ];
  console.log(`| ${columns.join(' | ')} |`);
  console.log(`|${'---|'.repeat(columns.length)}`);
  for (const [name, rounds] of results) {
    const rates = rounds.map((result) => result.median);
    const against = (peer, rate = middle) => (peer === undefined ? '' : (rate(name) / rate(peer)).toFixed(2));
    const spread = `${Math.min(...rates).toFixed(0)} to ${Math.max(...rates).toFixed(0)}`;
    const peak = Math.max(...rounds.map((result) => result.peakMiB)).toFixed(0);
    const share = name.startsWith('PyTorch') ? '' : shareOfLimit(name, median(rates), limit);
    const speeds = [median(rates).toFixed(1), spread, best(name).toFixed(1)];
    const cells = [name, ...speeds, peak, against(single), against(fastest), against(fastest, best), share];
    console.log(`| ${cells.join(' | ')} |`);
  }
  for (const base of ['int8', 'float32']) {
    const named = (method) => contestants.find(({ name }) => name === label(method, base))?.name;
    const lora = named('lora');
    for (const method of ['sharing', 'rotation']) {
      const mora = named(method);
      if (lora === undefined || mora === undefined) continue;
      const ratios = results.get(mora).map(({ median }, round) => results.get(lora)[round].median / median);
      console.log(`${method} takes ${median(ratios).toFixed(3)} times a step of LoRA, ${base}, by rounds`);
    }
  }
  console.log(
    `products by themselves, GFLOP/s: here float32 ${limit.here.float32.toFixed(0)}, int8 ${limit.here.int8.toFixed(0)}` +
      (limit.torch === undefined
        ? ''
        : `; torch float32 ${limit.torch.float32.toFixed(0)}, bfloat16 ${limit.torch.bfloat16.toFixed(0)}`),
  );
}

function label(method, base) {
  return `MoRA Studio, ${method}, ${base}`;
}

/** Share of a step that its frozen products would take alone, at the speed that products of these sizes reach. */
function shareOfLimit(name, rate, limit) {
  const speed = limit.here[name.endsWith('int8') ? 'int8' : 'float32'];
  return `${((100 * frozenOperations(shape) * rate) / (1e9 * speed)).toFixed(0)} %`;
}
