import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { AdapterSet, moduleAdapter } from '../../../src/engine/adapters/adapterSet';
import { moraStructure } from '../../../src/engine/adapters/mora/moraStructure';
import { loadDataset, type LoadedDataset } from '../../../src/engine/data/dataset';
import { splitValidation, type Split } from '../../../src/engine/data/split';
import { TokenCache } from '../../../src/engine/data/store/tokenCache';
import { Tokenizer } from '../../../src/engine/data/tokenizer';
import { decoderLinears } from '../../../src/engine/models/decoderConfig';
import { DecoderPass } from '../../../src/engine/models/decoderPass';
import { readDecoderConfig } from '../../../src/engine/models/family';
import { loadModel, type LoadedModel } from '../../../src/engine/models/loadedModel';
import { AdamW } from '../../../src/engine/training/adamW';
import { evaluate } from '../../../src/engine/training/evaluate';
import { LossHead } from '../../../src/engine/training/head/lossHead';
import { batchLayout, microBatches } from '../../../src/engine/training/microBatches';
import { StepExamples } from '../../../src/engine/training/stepExamples';
import { trainStep } from '../../../src/engine/training/trainStep';
import { validationBatches } from '../../../src/engine/training/validationBatches';
import { openModelFolder } from '../../../src/engine/weights/modelFolder';
import { runtime } from '../../support/evaluateGraph';
import { EMBEDDED_MODEL, EXAMPLE_DATA, temporaryFolder } from '../data/files';

const SEED = 5;
const STEPS = 4;

let model: LoadedModel;
let load: (memoryBytes: number, cache: TokenCache) => Promise<LoadedDataset>;

beforeAll(async () => {
  const weights = await openModelFolder(EMBEDDED_MODEL);
  const config = await readDecoderConfig(EMBEDDED_MODEL);
  model = await loadModel(weights, config, runtime, { context: 64 });
  await weights.close();
  const tokenizer = await Tokenizer.load(EMBEDDED_MODEL);
  const files = [join(EXAMPLE_DATA, 'pronounce.validation.jsonl')];
  load = (memoryBytes, cache) =>
    loadDataset({ files, tokenizer, vocabularySize: 4096, maxLength: 64 }, { memoryBytes, cache });
});

/** Losses of a few steps, the validation loss after them, and the trained parameters. */
async function train({ train: data, validation }: Split): Promise<{ losses: number[]; parameters: Float32Array[] }> {
  const linears = decoderLinears(model.config).filter(({ module }) => module === 'q_proj');
  const adapters = new AdapterSet(
    linears.map((linear) => {
      const structure = moraStructure({ ...linear, rank: 2, type: 6 });
      return moduleAdapter(linear, structure, { M: new Float32Array(structure.parameterCount) }, runtime);
    }),
  );
  const pass = new DecoderPass(runtime, model, adapters);
  const head = new LossHead(runtime, model);
  try {
    const optimizer = new AdamW(adapters.parameters, { betas: [0.9, 0.999], epsilon: 1e-8, weightDecay: 0 });
    const layout = batchLayout(data.longest, model.context);
    const steps = new StepExamples(data.examples, 8, STEPS, SEED);
    const losses: number[] = [];
    for (let step = 0; step < STEPS; step++) {
      const batches = microBatches(await steps.of(step), layout);
      const trainer = { replicas: [{ adapters, pass, head }] as const, optimizer, clipNorm: 1 };
      losses.push((await trainStep(trainer, batches, step + 1, 1e-2))!.loss);
    }
    losses.push((await evaluate([{ adapters, pass, head }], validationBatches(validation.examples, layout)))!.loss);
    return { losses, parameters: adapters.parameters.map(({ values }) => values.slice()) };
  } finally {
    await pass.dispose();
    await head.dispose();
  }
}

test('training from a store gives the very losses and parameters of training from memory', async () => {
  const cache = new TokenCache(await temporaryFolder());
  const datasets = [await load(Infinity, cache), await load(0, cache), await load(0, cache)];
  try {
    const [memory, ...stored] = await Promise.all(datasets.map((dataset) => splitValidation(dataset, 12, SEED)));
    const expected = await train(memory!);
    expect(new Set(expected.losses).size).toBe(STEPS + 1);
    for (const split of stored) expect(await train(split)).toEqual(expected);
  } finally {
    for (const dataset of datasets) await dataset.close();
  }
});
