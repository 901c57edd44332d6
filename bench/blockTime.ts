import { buildRows } from '../src/engine/data/packing';
import { onnxRuntime } from '../src/engine/runtime/onnxruntime';
import { threadCount } from '../src/engine/runtime/threads';
import { openRandomTrainer, type RandomTrainerOptions } from './randomTrainer';

interface Options extends RandomTrainerOptions {
  readonly rows: number;
  /** Layers that run: all are alike, and a few take little memory. */
  readonly layers: number;
  readonly repeats: number;
  /** Prefix of the files that ONNX Runtime writes its times of ops to. */
  readonly profile?: string;
}

const WARMUP = 2;

/** Median milliseconds of a block forward and backward, and of the head, for one micro-batch; one line of JSON. */
async function blockTime(options: Options): Promise<void> {
  const { rows, length, layers, repeats, profile } = options;
  const runtime = onnxRuntime({ threads: threadCount(), ...(profile !== undefined && { profile }) });
  const trainer = await openRandomTrainer([runtime], options);
  const { pass, head } = trainer.replicas[0];
  const examples = trainer.examples(rows);
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
  await trainer.close();
  const medians = Object.entries(times).map(([name, values]) => [name, median(values)] as const);
  process.stdout.write(`${JSON.stringify(Object.fromEntries(medians))}\n`);
}

function median(values: readonly number[]): number | undefined {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}

void blockTime(JSON.parse(process.argv[2] ?? '{}') as Options);
