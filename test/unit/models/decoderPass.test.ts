import { join } from 'node:path';
import { expect, it } from 'vitest';
import { AdapterSet, moduleAdapter } from '../../../src/engine/adapters/adapterSet';
import { initialise } from '../../../src/engine/adapters/initialise';
import { moraStructure } from '../../../src/engine/adapters/mora/moraStructure';
import { valuesOf, type Program } from '../../../src/engine/graph/program';
import { DecoderPass } from '../../../src/engine/models/decoderPass';
import { decoderLinears } from '../../../src/engine/models/decoderConfig';
import { readDecoderConfig } from '../../../src/engine/models/family';
import { loadModel } from '../../../src/engine/models/loadedModel';
import type { Runtime } from '../../../src/engine/runtime/runtime';
import { openModelFolder } from '../../../src/engine/weights/modelFolder';
import { runtime } from '../../support/evaluateGraph';
import { oracleBatch } from '../../support/oracleBatch';
import { readOracleCase } from '../../support/oracleCase';

it('has a place for every result before a program runs, and turns no queries and keys again backward', async () => {
  const done: string[] = [];
  const programs: Program[] = [];
  const observed: Runtime = {
    ...runtime,
    tensor: (data, shape) => {
      done.push('tensor');
      return runtime.tensor(data, shape);
    },
    compile: async (program) => {
      programs.push(program);
      const compiled = await runtime.compile(program);
      return {
        run: (inputs, outputs) => {
          done.push('run');
          return compiled.run(inputs, outputs);
        },
        dispose: () => compiled.dispose(),
      };
    },
  };
  const weights = await openModelFolder(join(import.meta.dirname, '../../fixtures/oracle/llama'));
  const config = await readDecoderConfig(weights.folder);
  const model = await loadModel(weights, config, observed, { context: 64 });
  const modules = decoderLinears(config).map((linear) => {
    const structure = moraStructure({ ...linear, rank: 2, type: 1 });
    return moduleAdapter(linear, structure, initialise(structure, Math.random), observed);
  });
  const pass = new DecoderPass(observed, model, new AdapterSet(modules));
  done.length = 0;
  await pass.forward(oracleBatch(readOracleCase('llama')), true);
  expect(done.filter((what) => what === 'run')).toHaveLength(config.layers);
  expect(done.lastIndexOf('tensor')).toBeLessThan(done.indexOf('run'));

  await pass.backward(pass.hiddenGradient());
  // What is left are the gradients of queries and of keys.
  const turns = (program: Program): number =>
    valuesOf(program).filter(({ operation }) => operation === 'rotary').length;
  expect(programs.filter(({ outputs }) => !outputs.has('y')).map(turns)).toEqual(expect.arrayContaining([2]));
  expect(Math.max(...programs.map(turns))).toBe(2);
  await pass.dispose();
  await weights.close();
});
