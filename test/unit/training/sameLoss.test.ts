import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { moraStructure } from '../../../src/engine/adapters/mora/moraStructure';
import { AdapterSet, moduleAdapter } from '../../../src/engine/adapters/adapterSet';
import { buildRows, type PackedBatch } from '../../../src/engine/data/packing';
import { decoderLinears } from '../../../src/engine/models/decoderConfig';
import { readDecoderConfig } from '../../../src/engine/models/family';
import { loadModel, type LoadedModel } from '../../../src/engine/models/loadedModel';
import { AdamW } from '../../../src/engine/training/adamW';
import { DecoderPass } from '../../../src/engine/models/decoderPass';
import { LossHead } from '../../../src/engine/training/head/lossHead';
import { microBatches } from '../../../src/engine/training/microBatches';
import { trainStep } from '../../../src/engine/training/trainStep';
import { openModelFolder } from '../../../src/engine/weights/modelFolder';
import { runtime } from '../../support/evaluateGraph';
import { seededRandom } from '../../support/seededRandom';

const folder = join(__dirname, '../../fixtures/oracle/llama');
const random = seededRandom(3);

/** Examples of unlike lengths, the first third of each not supervised. */
const examples = [5, 11, 7, 16, 3, 9].map((length, line) => {
  const tokens = Int32Array.from({ length }, () => 3 + Math.floor(random() * 90));
  const labels = tokens.map((token, t) => (t < length / 3 ? -100 : token));
  return { source: 0, line, record: line, tokens, labels, truncated: false };
});

describe('the loss and its gradient do not depend on', () => {
  let model: LoadedModel;
  let adapters: AdapterSet;
  let pass: DecoderPass;
  let head: LossHead;
  let whole: { loss: number; gradients: Float32Array[] };

  const measured = async (batches: readonly PackedBatch[]): Promise<typeof whole> => {
    const optimizer = new AdamW(adapters.parameters, { betas: [0.9, 0.999], epsilon: 1e-8, weightDecay: 0 });
    const result = await trainStep({ replicas: [{ adapters, pass, head }], optimizer, clipNorm: 0 }, batches, 1, 0);
    return { loss: result!.loss, gradients: adapters.parameters.map(({ gradient }) => gradient.slice()) };
  };
  const expectSame = (found: typeof whole): void => {
    expect(found.loss).toBeCloseTo(whole.loss, 5);
    found.gradients.forEach((gradient, index) => {
      const expected = [...(whole.gradients[index] ?? [])];
      const largest = Math.max(...expected.map(Math.abs));
      gradient.forEach((value, i) => expect(Math.abs(value - (expected[i] ?? NaN)) / largest).toBeLessThan(1e-5));
    });
  };

  beforeAll(async () => {
    const weights = await openModelFolder(folder);
    model = await loadModel(weights, await readDecoderConfig(folder), runtime, { context: 64 });
    await weights.close();
    const initial = seededRandom(5);
    adapters = new AdapterSet(
      decoderLinears(model.config).map((linear) => {
        const structure = moraStructure({ ...linear, rank: 2, type: 6 });
        const m = Float32Array.from({ length: structure.parameterCount }, () => 0.04 * (initial() - 0.5));
        return moduleAdapter(linear, structure, { M: m }, runtime);
      }),
    );
    pass = new DecoderPass(runtime, model, adapters);
    head = new LossHead(runtime, model);
    // One example a row, no packing, no splitting.
    whole = await measured([
      buildRows(
        examples.map((_, index) => [index]),
        examples,
        16,
      ),
    ]);
  });

  afterAll(async () => {
    await pass.dispose();
    await head.dispose();
  });

  it('packing several examples in a row', async () => {
    expectSame(await measured(microBatches(examples, { rowLength: 32, maxRows: 8 })));
  });

  it('splitting the step into micro-batches', async () => {
    expectSame(await measured(microBatches(examples, { rowLength: 16, maxRows: 1 })));
  });

  it('the order of the examples and padding', async () => {
    expectSame(await measured([buildRows([[5, 0], [3], [4, 2, 1], []], examples, 40)]));
  });
});
