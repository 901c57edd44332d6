import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { configurationSchema } from '../../src/config/schema';
import { adapterSet } from '../../src/engine/adapters/adapterSet';
import { loadDataset } from '../../src/engine/data/dataset';
import type { Example } from '../../src/engine/data/example';
import { ExampleOrder } from '../../src/engine/data/order';
import { buildRows, type PackedBatch } from '../../src/engine/data/packing';
import { Tokenizer } from '../../src/engine/data/tokenizer';
import { decoderLinears } from '../../src/engine/models/decoderConfig';
import { DecoderPass } from '../../src/engine/models/decoderPass';
import { readDecoderConfig } from '../../src/engine/models/family';
import { loadModel, type LoadedModel } from '../../src/engine/models/loadedModel';
import { AdamW } from '../../src/engine/training/adamW';
import { initialModules } from '../../src/engine/training/initialAdapter';
import { LossHead } from '../../src/engine/training/head/lossHead';
import { microBatches } from '../../src/engine/training/microBatches';
import { trainStep } from '../../src/engine/training/trainStep';
import { openModelFolder } from '../../src/engine/weights/modelFolder';
import { runtime } from '../support/evaluateGraph';

const model = fileURLToPath(new URL('../../media/model/tiny-llama-3m', import.meta.url));
const data = fileURLToPath(new URL('../../examples/data/pronounce.train.jsonl', import.meta.url));

const BATCH = 16;
const STEPS = 20;
const ROW_LENGTH = 64;
const LEARNING_RATE = 3e-3;
/** Float32 sums in another order, and twenty steps that carry on from the difference. */
const TOLERANCE = 1e-5;

/** Micro-batches of a step and examples in each, and how the examples of one are laid out. */
const layouts = [
  { count: 16, packed: false },
  { count: 4, packed: false },
  { count: 1, packed: false },
  { count: 16, packed: true },
  { count: 4, packed: true },
  { count: 1, packed: true },
] as const;

function laidOut(examples: readonly Example[], { count, packed }: (typeof layouts)[number]): PackedBatch[] {
  const size = examples.length / count;
  return Array.from({ length: count }, (_, part) => examples.slice(part * size, (part + 1) * size)).flatMap((own) =>
    packed
      ? microBatches(own, { rowLength: ROW_LENGTH, maxRows: BATCH })
      : [
          buildRows(
            own.map((_, index) => [index]),
            own,
            // Without packing a batch is as wide as its longest example.
            Math.max(...own.map(({ tokens }) => tokens.length)),
          ),
        ],
  );
}

describe(`the losses of ${STEPS} steps of ${BATCH} examples do not depend on how a step is laid out`, () => {
  const configuration = configurationSchema.parse({ model, data: { train: data }, adapter: { mode: 'sharing' } });
  let loaded: LoadedModel;
  let steps: Example[][];
  let expected: number[];

  const losses = async (layout: (typeof layouts)[number]): Promise<number[]> => {
    const adapters = adapterSet((await initialModules(configuration, decoderLinears(loaded.config))).modules, runtime);
    const pass = new DecoderPass(runtime, loaded, adapters);
    const head = new LossHead(runtime, loaded);
    const optimizer = new AdamW(adapters.parameters, configuration.training);
    const found: number[] = [];
    for (const [index, examples] of steps.entries()) {
      const batches = laidOut(examples, layout);
      expect(batches).toHaveLength(layout.count);
      const trainer = { replicas: [{ adapters, pass, head }] as const, optimizer, clipNorm: 1 };
      found.push((await trainStep(trainer, batches, index + 1, LEARNING_RATE))!.loss);
    }
    await pass.dispose();
    await head.dispose();
    return found;
  };

  beforeAll(async () => {
    const decoder = await readDecoderConfig(model);
    const weights = await openModelFolder(model);
    loaded = await loadModel(weights, decoder, runtime, { context: ROW_LENGTH });
    await weights.close();
    const { vocabularySize } = decoder;
    const tokenizer = await Tokenizer.load(model);
    const dataset = await loadDataset({ files: [data], tokenizer, vocabularySize, maxLength: ROW_LENGTH });
    const order = new ExampleOrder(dataset.examples.length, 0);
    steps = [];
    for (let step = 0; step < STEPS; step++) {
      steps.push(await dataset.examples.read(order.stepExamples(step, BATCH)));
    }
    await dataset.close();
    expected = await losses(layouts[0]);
  });

  it.each(layouts.slice(1))('$count micro-batches, packed: $packed', async (layout) => {
    const found = await losses(layout);
    const differences = found.map((loss, step) => Math.abs(loss - expected[step]!));
    expect(Math.max(...differences)).toBeLessThan(TOLERANCE);
  });

  it('and packing makes fewer rows of them', () => {
    const rows = laidOut(steps[0]!, { count: 1, packed: true }).reduce((sum, batch) => sum + batch.rows, 0);
    expect(rows).toBeLessThan(BATCH);
  });

  it('and they fall, so that there was something to agree on', () => {
    expect(expected.at(-1)).toBeLessThan(0.6 * expected[0]!);
  });
});
