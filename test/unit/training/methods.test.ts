import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import type { LinearLayer } from '../../../src/config/targets';
import { AdapterSet, moduleAdapter } from '../../../src/engine/adapters/adapterSet';
import { loraStructure } from '../../../src/engine/adapters/lora/loraStructure';
import { moraStructure } from '../../../src/engine/adapters/mora/moraStructure';
import type { AdapterStructure } from '../../../src/engine/adapters/structure';
import { MergeHistory } from '../../../src/engine/checkpoint/mergeHistory';
import { decoderLinears, type DecoderConfig } from '../../../src/engine/models/decoderConfig';
import { DecoderPass } from '../../../src/engine/models/decoderPass';
import { readDecoderConfig } from '../../../src/engine/models/family';
import { loadModel, type LoadedModel } from '../../../src/engine/models/loadedModel';
import { AdamW } from '../../../src/engine/training/adamW';
import { LossHead } from '../../../src/engine/training/head/lossHead';
import { mergeAdapters } from '../../../src/engine/training/mergeAdapters';
import { trainStep } from '../../../src/engine/training/trainStep';
import { openModelFolder } from '../../../src/engine/weights/modelFolder';
import { runtime } from '../../support/evaluateGraph';
import { oracleBatch, oracleParameter } from '../../support/oracleBatch';
import { readOracleCase } from '../../support/oracleCase';
import { readSafetensors } from '../../support/safetensors';

// As for the plain adapters: see oracle.test.ts, where the noise of tiny gradients is explained.
const LOSS = 2e-5;
const GRADIENT = 1e-3;
const FINAL = 2e-4;
const NOISE = 1e-6;
const OPTIONS = { betas: [0.9, 0.999], epsilon: 1e-8, weightDecay: 0.01 } as const;
const RATE = 2e-3;

const fixture = (name: string): string => fileURLToPath(new URL(`../../fixtures/${name}`, import.meta.url));
const expected = readSafetensors(fixture('methods/methods.safetensors'));
const floats = (name: string): Float32Array => expected.get(name)!.values as Float32Array;
const order = (name: string): Uint32Array =>
  Uint32Array.from(expected.get(name)!.values as BigInt64Array, (index) => Number(index));

const oracle = readOracleCase('llama');
const batch = oracleBatch(oracle);
let config: DecoderConfig;

beforeAll(async () => {
  config = await readDecoderConfig(fixture('oracle/llama'));
});

async function freshModel(): Promise<LoadedModel> {
  const weights = await openModelFolder(fixture('oracle/llama'));
  const model = await loadModel(weights, config, runtime, { context: 64 });
  await weights.close();
  return model;
}

/** The adapters of an oracle case, in other structures. */
function adaptersOf(start: string, structure: (linear: LinearLayer) => AdapterStructure): AdapterSet {
  const modules = decoderLinears(config).map((linear) => {
    const own = structure(linear);
    const values = [...own.parameterShapes.keys()].map((name) => {
      const stored = name === 'N' ? 'M' : name;
      return [name, oracleParameter(oracle, start, 'param', `${linear.name}.${stored}`).slice()] as const;
    });
    return moduleAdapter(linear, own, Object.fromEntries(values), runtime);
  });
  return new AdapterSet(modules);
}

/** Trains and compares each loss, the first gradients and the last values with PyTorch's. */
async function expectSame(
  name: string,
  model: LoadedModel,
  adapters: AdapterSet,
  optimizer: AdamW,
  before = 0,
): Promise<void> {
  const pass = new DecoderPass(runtime, model, adapters);
  const head = new LossHead(runtime, model);
  const key = (kind: string, parameter: string): string => `${name}/${kind}/${parameter.replace(/\.[MN]$/, '')}`;
  const losses = floats(`${name}/losses`);
  for (const [i, loss] of losses.entries()) {
    const result = await trainStep(
      { replicas: [{ adapters, pass, head }], optimizer, clipNorm: 1 },
      [batch],
      before + i + 1,
      RATE,
    );
    expect(Math.abs(result!.loss - loss), `loss of step ${i}`).toBeLessThan(LOSS);
    if (i > 0) continue;
    for (const { name: parameter, gradient } of adapters.parameters) {
      const wanted = floats(key('grad', parameter));
      const largest = Math.max(...wanted.map(Math.abs));
      const worst = gradient.reduce((max, value, k) => Math.max(max, Math.abs(value - wanted[k]!)), 0);
      expect(worst / largest, `gradient of ${parameter}`).toBeLessThan(GRADIENT);
    }
  }
  for (const { name: parameter, values } of adapters.parameters) {
    const wanted = floats(key('final', parameter));
    const first = floats(key('grad', parameter));
    const noise = NOISE * Math.max(...first.map(Math.abs));
    const worst = values.reduce(
      (max, value, k) => (Math.abs(first[k]!) < noise ? max : Math.max(max, Math.abs(value - wanted[k]!))),
      0,
    );
    expect(worst, `final ${parameter}`).toBeLessThan(FINAL);
  }
  await pass.dispose();
  await head.dispose();
}

/** What PyTorch computes, by test/fixtures/methods/make.py. */
describe('8 AdamW steps agree with PyTorch', () => {
  const mora = (type: number, change: Partial<Parameters<typeof moraStructure>[0]> = {}) => {
    return ({ dIn, dOut }: LinearLayer) => moraStructure({ dIn, dOut, rank: 2, type, ...change });
  };

  it('of rank-stabilised LoRA', async () => {
    const adapters = adaptersOf('lora', (linear) =>
      loraStructure({ ...linear, rank: 3, alpha: 6, rankStabilised: true }),
    );
    await expectSame('rslora', await freshModel(), adapters, new AdamW(adapters.parameters, OPTIONS));
  });

  it('of LoRA+, where B has a rate of its own', async () => {
    const adapters = adaptersOf('lora', (linear) => loraStructure({ ...linear, rank: 3, alpha: 6 }));
    const optimizer = new AdamW(adapters.parameters, { ...OPTIONS, learningRateRatio: 4 });
    await expectSame('loraplus', await freshModel(), adapters, optimizer);
  });

  it.each([1, 2, 3, 4, 6])('of normalized MoRA of type %i', async (type) => {
    const adapters = adaptersOf(`mora${type}`, mora(type, { normalized: true }));
    await expectSame(`normalized${type}`, await freshModel(), adapters, new AdamW(adapters.parameters, OPTIONS));
  });

  it('of MoRA with shuffled rows and columns', async () => {
    const adapters = adaptersOf('mora1', (linear) => {
      const rows = order(`shuffled/rows/${linear.name}`);
      const columns = order(`shuffled/columns/${linear.name}`);
      return mora(1, { permutation: { seed: 0, merge: 1, rows, columns } })(linear);
    });
    await expectSame('shuffled', await freshModel(), adapters, new AdamW(adapters.parameters, OPTIONS));
  });

  it('of ReMoRA: type 1, a merge after four, and type 2 with an optimizer that begins anew', async () => {
    const model = await freshModel();
    const first = adaptersOf('mora1', mora(1));
    const optimizer = new AdamW(first.parameters, OPTIONS);
    await expectSame('remora1', model, first, optimizer);
    const remora = { mergeEvery: 4, restartWarmup: 0, schedule: 'jagged', regroup: 'cycle' } as const;
    const merges = new MergeHistory();
    const linears = decoderLinears(config);
    const second = await mergeAdapters({ model, runtime, linears, remora, seed: 0, first, merges }, first, 1);
    optimizer.reset(second.moduleParameters, 4);
    expect(merges.count).toBe(1);
    await expectSame('remora2', model, second, optimizer, 4);
  });
});
