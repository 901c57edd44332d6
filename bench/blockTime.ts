import { requireConfiguration } from '../src/config/parse';
import { AdapterSet, moduleAdapter } from '../src/engine/adapters/adapterSet';
import type { BaseFormat } from '../src/engine/adapters/frozenWeight';
import { initialise } from '../src/engine/adapters/initialise';
import { structureFor } from '../src/engine/adapters/structureFor';
import { buildRows } from '../src/engine/data/packing';
import { decoderLinears } from '../src/engine/models/decoderConfig';
import { DecoderPass } from '../src/engine/models/decoderPass';
import { readDecoderConfig } from '../src/engine/models/family';
import { loadModel } from '../src/engine/models/loadedModel';
import { onnxRuntime } from '../src/engine/runtime/onnxruntime';
import { threadCount } from '../src/engine/runtime/threads';
import { LossHead } from '../src/engine/training/lossHead';
import { openModelFolder } from '../src/engine/weights/modelFolder';

interface Options {
  readonly model: string;
  readonly base: BaseFormat;
  readonly adapter: object;
  readonly rows: number;
  readonly length: number;
  /** Layers that run: all are alike, and a few take little memory. */
  readonly layers: number;
  readonly repeats: number;
  /** Prefix of the files that ONNX Runtime writes its times of ops to. */
  readonly profile?: string;
}

const WARMUP = 2;

/** Median milliseconds of a block forward and backward, and of the head, for one micro-batch; one line of JSON. */
async function blockTime(options: Options): Promise<void> {
  const { model: folder, base, rows, length, layers, repeats, profile } = options;
  const whole = await readDecoderConfig(folder);
  const config = { ...whole, layers, layerKinds: whole.layerKinds.slice(0, layers) };
  const { adapter } = requireConfiguration(
    JSON.stringify({ model: folder, data: { train: '-' }, adapter: options.adapter }),
    folder,
  );
  const runtime = onnxRuntime({ threads: threadCount(), ...(profile !== undefined && { profile }) });
  const weights = await openModelFolder(folder);
  const model = await loadModel(weights, config, runtime, { context: length, base });
  await weights.close();
  const modules = decoderLinears(config).map((linear) => {
    const structure = structureFor(adapter, linear);
    return moduleAdapter(linear, structure, initialise(structure, Math.random), runtime);
  });
  const adapters = new AdapterSet(modules);
  const pass = new DecoderPass(runtime, model, adapters);
  const head = new LossHead(runtime, model, adapters);
  const example = (): { tokens: Int32Array; labels: Int32Array } => {
    const tokens = Int32Array.from({ length }, () => Math.floor(Math.random() * config.vocabularySize));
    return { tokens, labels: tokens };
  };
  const examples = Array.from({ length: rows }, example);
  const batch = buildRows(
    examples.map((_, index) => [index]),
    examples,
    length,
  );
  const times = { forward: [] as number[], head: [] as number[], backward: [] as number[] };
  for (let round = 0; round < WARMUP + repeats; round++) {
    const start = performance.now();
    const hidden = await pass.forward(batch, true);
    const forward = performance.now();
    const gradient = pass.hiddenGradient();
    await head.sums(hidden, batch.targets, 1 / batch.supervised, gradient.data);
    const losses = performance.now();
    await pass.backward(gradient);
    if (round < WARMUP) continue;
    times.forward.push((forward - start) / layers);
    times.head.push(losses - forward);
    times.backward.push((performance.now() - losses) / layers);
  }
  await pass.dispose();
  await head.dispose();
  const medians = Object.entries(times).map(([name, values]) => [name, median(values)] as const);
  process.stdout.write(`${JSON.stringify(Object.fromEntries(medians))}\n`);
}

function median(values: readonly number[]): number | undefined {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}

void blockTime(JSON.parse(process.argv[2] ?? '{}') as Options);
