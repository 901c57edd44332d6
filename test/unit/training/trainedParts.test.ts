import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { AdapterSet, moduleAdapter } from '../../../src/engine/adapters/adapterSet';
import { loraStructure } from '../../../src/engine/adapters/lora/loraStructure';
import { decoderLinears } from '../../../src/engine/models/decoderConfig';
import { DecoderPass } from '../../../src/engine/models/decoderPass';
import { readDecoderConfig } from '../../../src/engine/models/family';
import { loadModel } from '../../../src/engine/models/loadedModel';
import { trainableModelTensors, withTrainedTensors } from '../../../src/engine/models/trainedParts';
import { AdamW } from '../../../src/engine/training/adamW';
import { LossHead } from '../../../src/engine/training/head/lossHead';
import { trainStep } from '../../../src/engine/training/trainStep';
import { openModelFolder } from '../../../src/engine/weights/modelFolder';
import { runtime } from '../../support/evaluateGraph';
import { oracleBatch, oracleParameter } from '../../support/oracleBatch';
import { readOracleCase } from '../../support/oracleCase';
import { readSafetensors } from '../../support/safetensors';

// As for the adapters: see oracle.test.ts, where the noise of tiny gradients is explained.
const LOSS = 2e-5;
const GRADIENT = 1e-3;
const FINAL = 2e-4;
const NOISE = 1e-6;

/** What PyTorch computes when everything that can be trained in full is, by test/fixtures/trainedParts/make.py. */
describe('embeddings, head and norms trained beside LoRA agree with PyTorch', () => {
  // Tied with norms of its own on queries and keys, tied and plain, untied with norms after.
  it.each(['llama', 'gemma3', 'olmo2'])('%s', async (family) => {
    const oracle = readOracleCase(family);
    const expected = readSafetensors(
      fileURLToPath(new URL(`../../fixtures/trainedParts/${family}.safetensors`, import.meta.url)),
    );
    const floats = (name: string): Float32Array => expected.get(name)!.values as Float32Array;
    const folder = fileURLToPath(new URL(`../../fixtures/oracle/${family}`, import.meta.url));
    const config = await readDecoderConfig(folder);
    const weights = await openModelFolder(folder);
    const loaded = await loadModel(weights, config, runtime, { context: 64 });
    const { model, tensors } = await withTrainedTensors(loaded, trainableModelTensors(config), runtime);
    await weights.close();
    const modules = decoderLinears(config).map((linear) => {
      const parameter = (name: 'A' | 'B') => oracleParameter(oracle, 'lora', 'param', `${linear.name}.${name}`).slice();
      const structure = loraStructure({ ...linear, rank: 3, alpha: 6 });
      return moduleAdapter(linear, structure, { A: parameter('A'), B: parameter('B') }, runtime);
    });
    const adapters = new AdapterSet(modules, tensors);
    const pass = new DecoderPass(runtime, model, adapters);
    const head = new LossHead(runtime, model, adapters);
    const optimizer = new AdamW(adapters.parameters, { betas: [0.9, 0.999], epsilon: 1e-8, weightDecay: 0.01 });
    const batch = oracleBatch(oracle);
    const names = tensors.map(({ name }) => name);
    expect(names.map((name) => `grad/${name}`).sort()).toEqual(
      [...expected.keys()].filter((key) => key.startsWith('grad/')).sort(),
    );

    const noise = new Map<string, (index: number) => boolean>();
    for (const [step, loss] of floats('losses').entries()) {
      const result = (await trainStep(
        { replicas: [{ adapters, pass, head }], optimizer, clipNorm: 1 },
        [batch],
        step + 1,
        2e-3,
      ))!;
      expect(Math.abs(result.loss - loss)).toBeLessThan(LOSS);
      if (step > 0) continue;
      for (const { name, gradient } of tensors) {
        const wanted = floats(`grad/${name}`);
        const largest = Math.max(...wanted.map(Math.abs));
        gradient.forEach((value, index) =>
          expect(Math.abs(value - wanted[index]!) / largest, name).toBeLessThan(GRADIENT),
        );
        noise.set(name, (index) => Math.abs(wanted[index]!) < NOISE * largest && wanted[index] !== 0);
      }
    }
    for (const { name, values } of tensors) {
      const wanted = floats(`final/${name}`);
      values.forEach((value, index) => {
        if (!noise.get(name)!(index)) expect(Math.abs(value - wanted[index]!), `${name}[${index}]`).toBeLessThan(FINAL);
      });
    }
    await pass.dispose();
    await head.dispose();
  });
});
