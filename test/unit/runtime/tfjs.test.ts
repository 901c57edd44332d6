import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { AdapterSet, moduleAdapter } from '../../../src/engine/adapters/adapterSet';
import { initialise } from '../../../src/engine/adapters/initialise';
import { moraStructure } from '../../../src/engine/adapters/mora/moraStructure';
import { uniformNumbers } from '../../../src/engine/data/random';
import { add, multiply } from '../../../src/engine/graph/ops/elementwise';
import { input } from '../../../src/engine/graph/value';
import { decoderLinears } from '../../../src/engine/models/decoderConfig';
import { DecoderPass } from '../../../src/engine/models/decoderPass';
import { readDecoderConfig } from '../../../src/engine/models/family';
import { headInMemory, loadModel } from '../../../src/engine/models/loadedModel';
import { findPackage } from '../../../src/engine/runtime/tfjs/findPackage';
import type { TensorFlowLibrary } from '../../../src/engine/runtime/tfjs/library';
import { openTensorFlow } from '../../../src/engine/runtime/tfjs/openTensorFlow';
import { LossHead } from '../../../src/engine/training/head/lossHead';
import { openModelFolder } from '../../../src/engine/weights/modelFolder';
import { oracleBatch } from '../../support/oracleBatch';
import { readOracleCase } from '../../support/oracleCase';

const folder = join(import.meta.dirname, '../../fixtures/oracle/llama');

const library = findPackage('tfjs-wasm')!.load('@tensorflow/tfjs-core') as TensorFlowLibrary;

function alive(): { readonly numTensors: number; readonly numBytes: number } {
  const { numTensors, numBytes } = library.memory();
  return { numTensors, numBytes };
}

const [a, b] = [input('a', [2]), input('b', [2])];
const SUM = { inputs: new Map([['a', a], ['b', b]]), outputs: new Map([['y', add(a, multiply(b, b))]]) }; // prettier-ignore

describe('TensorFlow.js', () => {
  it('holds no more tensors after a hundred training steps than after three', async () => {
    const runtime = await openTensorFlow('tfjs-wasm', 1);
    const before = alive();
    const config = await readDecoderConfig(folder);
    const weights = await openModelFolder(folder);
    const model = await loadModel(weights, config, runtime, { context: 64 });
    await weights.close();
    const random = uniformNumbers(0, 'adapter');
    const modules = decoderLinears(config).map((linear) => {
      const structure = moraStructure({ dIn: linear.dIn, dOut: linear.dOut, rank: 2, type: 6 });
      return moduleAdapter(linear, structure, initialise(structure, random), runtime);
    });
    const batch = oracleBatch(readOracleCase('llama'));
    const pass = new DecoderPass(runtime, model, new AdapterSet(modules), 1);
    const head = new LossHead(runtime, model);
    const step = async (): Promise<void> => {
      const hidden = await pass.forward(batch, true);
      const gradient = pass.hiddenGradient();
      await head.sums(hidden, batch.targets, 1 / batch.supervised, gradient.data);
      await pass.backward(gradient);
    };
    for (let count = 0; count < 3; count++) await step();
    const warm = alive();
    expect(warm.numTensors).toBeGreaterThan(before.numTensors);
    for (let count = 3; count < 100; count++) await step();
    expect(alive()).toEqual(warm);
    await pass.dispose();
    await head.dispose();
    // What is left are the weights: their memory is the model's.
    for (const [, tensor] of await model.blocks.get(0)) runtime.dropCopy(tensor);
    for (const [, tensor] of await model.blocks.get(1)) runtime.dropCopy(tensor);
    for (const tensor of [model.norm, headInMemory(model)]) runtime.dropCopy(tensor);
    expect(config.layers).toBe(2);
    expect(alive()).toEqual(before);
  });

  it('holds nothing of a program that failed', async () => {
    const runtime = await openTensorFlow('tfjs-cpu', 1);
    const before = alive();
    const program = await runtime.compile(SUM);
    const x = runtime.tensor(Float32Array.of(1, 2), [2]);
    await expect(program.run({ a: x, b: x }, {})).rejects.toThrow('no tensor for "y"');
    await expect(program.run({ a: x, b: runtime.resident!([2]) }, { y: x })).rejects.toThrow(
      '"b" is read before a program gave it',
    );
    expect(alive()).toEqual(before);
  });

  it.each(['tfjs-cpu', 'tfjs-wasm'] as const)(
    '%s: a constant is read again after its copy was dropped',
    async (device) => {
      const runtime = await openTensorFlow(device, 1);
      const program = await runtime.compile(SUM);
      const constant = runtime.constant(Float32Array.of(1, 2), [2]);
      const y = runtime.tensor(new Float32Array(2), [2]);
      await program.run({ a: constant, b: constant }, { y });
      expect([...y.data]).toEqual([2, 6]);
      (constant.data as Float32Array).set([3, 4]);
      runtime.dropCopy(constant);
      await program.run({ a: constant, b: constant }, { y });
      expect([...y.data]).toEqual([12, 20]);
      runtime.dropCopy(constant);
    },
  );

  it.each(['tfjs-cpu', 'tfjs-wasm'] as const)(
    '%s: what a program leaves for another does not change with its inputs',
    async (device) => {
      const runtime = await openTensorFlow(device, 1);
      const through = await runtime.compile({ inputs: new Map([['a', a]]), outputs: new Map([['y', a]]) });
      const program = await runtime.compile(SUM);
      const [x, y] = [runtime.tensor(Float32Array.of(1, 2), [2]), runtime.tensor(new Float32Array(2), [2])];
      const left = runtime.resident!([2]);
      await through.run({ a: x }, { y: left });
      (x.data as Float32Array).set([100, 100]);
      await program.run({ a: left, b: left }, { y });
      expect([...y.data]).toEqual([2, 6]);
      left.dispose();
    },
  );

  it('computes each program on the backend of its runtime', async () => {
    const runtimes = [await openTensorFlow('tfjs-wasm', 1), await openTensorFlow('tfjs-cpu', 1)];
    const y = new Float32Array(2);
    for (const [index, backend] of ['wasm', 'cpu', 'wasm'].entries()) {
      const runtime = runtimes[index % 2]!;
      const program = await runtime.compile(SUM);
      const x = runtime.tensor(Float32Array.of(1, 2), [2]);
      await program.run({ a: x, b: x }, { y: runtime.tensor(y, [2]) });
      expect(library.getBackend()).toBe(backend);
      expect([...y]).toEqual([2, 6]);
    }
  });

  it('lets others have their turn between programs', async () => {
    const runtime = await openTensorFlow('tfjs-cpu', 1);
    const program = await runtime.compile(SUM);
    const x = runtime.tensor(Float32Array.of(1, 2), [2]);
    let turns = 0;
    let going = true;
    const count = (): void => {
      turns++;
      if (going) setImmediate(count);
    };
    setImmediate(count);
    for (let run = 0; run < 20; run++)
      await program.run({ a: x, b: x }, { y: runtime.tensor(new Float32Array(2), [2]) });
    going = false;
    expect(turns).toBeGreaterThan(10);
  });
});
