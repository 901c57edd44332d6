import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { requireConfiguration } from '../../../src/config/parse';
import { resolvePaths } from '../../../src/config/resolvePaths';
import { AdapterSet, moduleAdapter } from '../../../src/engine/adapters/adapterSet';
import { fullStructure } from '../../../src/engine/adapters/full/fullStructure';
import type { Example } from '../../../src/engine/data/example';
import { stepExamples } from '../../../src/engine/data/order';
import { buildRows } from '../../../src/engine/data/packing';
import { decoderLinears, type DecoderConfig } from '../../../src/engine/models/decoderConfig';
import { DecoderPass } from '../../../src/engine/models/decoderPass';
import { readDecoderConfig } from '../../../src/engine/models/family';
import { loadModel } from '../../../src/engine/models/loadedModel';
import { ScoreSums } from '../../../src/engine/suggestion/weightScores';
import { LossHead } from '../../../src/engine/training/head/lossHead';
import { loadRunData } from '../../../src/engine/training/runData';
import { openModelFolder } from '../../../src/engine/weights/modelFolder';
import { runtime } from '../../support/evaluateGraph';

const repository = join(__dirname, '../../..');
const folder = join(repository, 'media/model/tiny-llama-3m');
const BATCHES = 3;
const EXAMPLES = 16;
const ROW = 48;

describe('the mean of squared gradient norms over batches', () => {
  it('orders the modules as the norm of the mean gradient does, which would need all gradients at once', async () => {
    const config = await readDecoderConfig(folder);
    const weights = await openModelFolder(folder);
    const model = await loadModel(weights, config, runtime, { context: ROW });
    await weights.close();
    const linears = decoderLinears(config);
    // The gradient of ΔW where ΔW is 0 is that of W, entry by entry.
    const full = new AdapterSet(
      linears.map((linear) =>
        moduleAdapter(linear, fullStructure(linear), { W: new Float32Array(linear.dIn * linear.dOut) }, runtime),
      ),
    );
    const pass = new DecoderPass(runtime, model, full, 0);
    const head = new LossHead(runtime, model);
    const sums = new ScoreSums();
    const squares = linears.map(() => 0);
    const means = linears.map(({ dIn, dOut }) => new Float64Array(dIn * dOut));
    for (const examples of await exampleBatches(config)) {
      const batch = buildRows(
        examples.map((_, index) => [index]),
        examples,
        ROW,
      );
      const hidden = await pass.forward(batch, true);
      const gradient = pass.hiddenGradient();
      await head.sums(hidden, batch.targets, 1 / batch.supervised, gradient.data);
      sums.add(await pass.weightNorms(gradient), 1);
      full.clearGradients();
      await pass.backward(gradient);
      full.modules.forEach(({ parameters }, index) => {
        const values = parameters[0]!.gradient;
        const mean = means[index]!;
        let square = 0;
        for (let i = 0; i < values.length; i++) {
          square += values[i]! ** 2;
          mean[i]! += values[i]! / BATCHES;
        }
        squares[index]! += square / BATCHES;
      });
    }
    await pass.dispose();
    await head.dispose();

    const found = sums.scores(linears).map(({ gradientNorm }) => gradientNorm);
    found.forEach((norm, index) => expect(norm / Math.sqrt(squares[index]!)).toBeCloseTo(1, 4));
    const ofMean = means.map((mean) => Math.sqrt(mean.reduce((sum, value) => sum + value * value, 0)));
    found.forEach((norm, index) => expect(norm).toBeGreaterThan(ofMean[index]!));
    expect(rankCorrelation(found, ofMean)).toBeGreaterThan(0.99);
  });
});

/** Of the pronunciation data, as a run takes them. */
async function exampleBatches(config: DecoderConfig): Promise<Example[][]> {
  const file = join(repository, 'examples/pronounce-mora.mora.json');
  const configuration = requireConfiguration(await readFile(file, 'utf8'), file);
  const { train } = await loadRunData(resolvePaths(configuration, dirname(file)), config);
  return Promise.all(
    Array.from({ length: BATCHES }, (_, batch) =>
      train.examples.read(stepExamples(batch, EXAMPLES, train.examples.length, 0)),
    ),
  );
}

/** Spearman's ρ of numbers without ties. */
function rankCorrelation(a: readonly number[], b: readonly number[]): number {
  const ranks = (values: readonly number[]) => values.map((value) => values.filter((other) => other < value).length);
  const [ranksA, ranksB] = [ranks(a), ranks(b)];
  const distance = ranksA.reduce((sum, rank, index) => sum + (rank - ranksB[index]!) ** 2, 0);
  return 1 - (6 * distance) / (a.length * (a.length ** 2 - 1));
}
