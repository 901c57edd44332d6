import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { AdapterSet, moduleAdapter } from '../../../src/engine/adapters/adapterSet';
import { fullStructure } from '../../../src/engine/adapters/full/fullStructure';
import { moraStructure } from '../../../src/engine/adapters/mora/moraStructure';
import { DecoderPass, type WeightNorms } from '../../../src/engine/models/decoderPass';
import { decoderLinears } from '../../../src/engine/models/decoderConfig';
import { readDecoderConfig } from '../../../src/engine/models/family';
import { loadModel, type LoadedModel } from '../../../src/engine/models/loadedModel';
import { onnxRuntime } from '../../../src/engine/runtime/onnxruntime';
import { LossHead } from '../../../src/engine/training/head/lossHead';
import { openModelFolder } from '../../../src/engine/weights/modelFolder';
import { oracleBatch, oracleParameter } from '../../support/oracleBatch';
import { readOracleCase, type OracleCase } from '../../support/oracleCase';

const runtime = onnxRuntime({ threads: 2 });
const FAMILIES = ['llama', 'llama3', 'mistral', 'qwen2', 'qwen3', 'phi3', 'gemma2', 'gemma3', 'smollm3', 'olmo2'];

/** Agreement to expect of a float32 engine, by the oracle's note. */
const RELATIVE = 1e-3;

/**
 * The oracle holds PyTorch's gradient of every entry of ΔW at a ΔW that is not 0. As y = x (W + ΔW)ᵀ, it is the gradient
 * of W there too, so its norm is what measuring must find with that ΔW in place.
 */
describe('the norm of the gradient of a frozen weight is that of PyTorch', () => {
  it.each(FAMILIES)('%s', async (family) => {
    const { model, oracle } = await load(family);
    const adapters = fullAdapters(model, oracle);
    const norms = await measured(model, oracle, adapters);
    const linears = decoderLinears(model.config);
    expect(norms.map(({ layer, module }) => `${layer} ${module}`).sort()).toEqual(
      linears.map(({ layer, module }) => `${layer} ${module}`).sort(),
    );
    for (const linear of linears) {
      const found = norms.find(({ layer, module }) => layer === linear.layer && module === linear.module)!;
      const gradient = oracleParameter(oracle, 'full', 'grad', `${linear.name}.W`);
      expect(Math.abs(Math.sqrt(found.gradient) / norm(gradient) - 1), linear.name).toBeLessThan(RELATIVE);
      const weight = await weightOf(model, linear.layer, linear.name);
      expect(Math.sqrt(found.weight) / norm(weight), linear.name).toBeCloseTo(1, 5);
    }
  });

  it('also where the pass keeps what training needs, and training is as before', async () => {
    const { model, oracle } = await load('llama');
    const adapters = fullAdapters(model, oracle);
    const pass = new DecoderPass(runtime, model, adapters);
    const head = new LossHead(runtime, model);
    const batch = oracleBatch(oracle);
    const hidden = await pass.forward(batch, true);
    const gradient = pass.hiddenGradient();
    await head.sums(hidden, batch.targets, 1 / batch.supervised, gradient.data);
    const norms = await pass.weightNorms(gradient);
    adapters.clearGradients();
    await pass.backward(gradient);
    for (const { linear, parameters } of adapters.modules) {
      const found = norms.find(({ layer, module }) => layer === linear.layer && module === linear.module)!;
      expect(Math.sqrt(found.gradient) / norm(parameters[0]!.gradient)).toBeCloseTo(1, 5);
    }
    await pass.dispose();
    await head.dispose();
  });
});

it('an adapter with ΔW = 0 changes no norm, and one is measured below the lowest adapter too', async () => {
  const { model, oracle } = await load('qwen3');
  const plain = await measured(model, oracle, new AdapterSet([]));
  const top = decoderLinears(model.config).filter(({ layer }) => layer === model.config.layers - 1);
  const zero = new AdapterSet(
    top.map((linear) => {
      const structure = moraStructure({ ...linear, rank: 2, type: 1 });
      return moduleAdapter(linear, structure, { M: new Float32Array(structure.parameterCount) }, runtime);
    }),
  );
  const adapted = await measured(model, oracle, zero);
  adapted.forEach(({ gradient }, index) => expect(gradient / plain[index]!.gradient).toBeCloseTo(1, 5));
});

async function load(family: string): Promise<{ model: LoadedModel; oracle: OracleCase }> {
  const folder = join(__dirname, '../../fixtures/oracle', family);
  const weights = await openModelFolder(folder);
  const model = await loadModel(weights, await readDecoderConfig(folder), runtime, { context: 64 });
  await weights.close();
  return { model, oracle: readOracleCase(family) };
}

function fullAdapters(model: LoadedModel, oracle: OracleCase): AdapterSet {
  return new AdapterSet(
    decoderLinears(model.config).map((linear) => {
      const values = oracleParameter(oracle, 'full', 'param', `${linear.name}.W`).slice();
      return moduleAdapter(linear, fullStructure(linear), { W: values }, runtime);
    }),
  );
}

async function measured(model: LoadedModel, oracle: OracleCase, adapters: AdapterSet): Promise<WeightNorms[]> {
  const batch = oracleBatch(oracle);
  const pass = new DecoderPass(runtime, model, adapters, 0);
  const head = new LossHead(runtime, model);
  const hidden = await pass.forward(batch, true);
  const gradient = pass.hiddenGradient();
  await head.sums(hidden, batch.targets, 1 / batch.supervised, gradient.data);
  const norms = await pass.weightNorms(gradient);
  await pass.dispose();
  await head.dispose();
  return norms;
}

async function weightOf(model: LoadedModel, layer: number, name: string): Promise<Float32Array> {
  const tensor = (await model.blocks.get(layer)).get(`${name.replace(`model.layers.${layer}.`, '')}.weight`);
  return tensor?.data as Float32Array;
}

function norm(values: Float32Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
}
