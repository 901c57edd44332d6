import { describe, expect, it } from 'vitest';
import { singularValues } from '../../../src/analysis/singularValues';
import { fullStructure } from '../../../src/engine/adapters/full/fullStructure';
import { loraStructure } from '../../../src/engine/adapters/lora/loraStructure';
import { moraStructure } from '../../../src/engine/adapters/mora/moraStructure';
import type { AdapterParameters, AdapterStructure } from '../../../src/engine/adapters/structure';
import { largestDifference } from '../../support/dense';
import { readOracleCase, type OracleAdapter, type OracleCase } from '../../support/oracleCase';

function structureOf(adapter: OracleAdapter, dIn: number, dOut: number): AdapterStructure {
  switch (adapter.method) {
    case 'mora':
      return moraStructure({ dIn, dOut, rank: adapter.rank!, type: adapter.mora_type! });
    case 'lora':
      return loraStructure({ dIn, dOut, rank: adapter.rank!, alpha: adapter.alpha! });
    case 'full':
      return fullStructure({ dIn, dOut });
  }
}

function values({ tensors }: OracleCase, name: string): Float32Array {
  const tensor = tensors.get(name);
  if (!(tensor?.values instanceof Float32Array)) throw new Error(`the oracle has no float32 ${name}`);
  return tensor.values;
}

function parametersOf(oracle: OracleCase, adapter: OracleAdapter, module: string): AdapterParameters {
  const key = `${adapter.name}/param/${module}`;
  switch (adapter.method) {
    case 'mora':
      return { M: values(oracle, key) };
    case 'lora':
      return { A: values(oracle, `${key}.A`), B: values(oracle, `${key}.B`) };
    case 'full':
      // The oracle's ΔW of full fine-tuning shares memory with W, so it is that of after the optimizer steps.
      return { W: values(oracle, `${adapter.name}/final/${module}`) };
  }
}

describe.each(['llama', 'llama3'])('PyTorch oracle %s', (family) => {
  const oracle = readOracleCase(family);

  it.each(oracle.adapters)('$name: ΔW and its spectrum', (adapter) => {
    for (const [module, [dOut, dIn]] of Object.entries(adapter.modules)) {
      const structure = structureOf(adapter, dIn, dOut);
      const parameters = parametersOf(oracle, adapter, module);
      const delta = values(oracle, `${adapter.name}/delta/${module}`);
      expect(largestDifference(structure.deltaWeight(parameters), delta), module).toBeLessThan(1e-6);

      const spectrum = structure.singularValues(parameters);
      const dense = singularValues(delta, dOut, dIn);
      expect(spectrum).toHaveLength(structure.rankBound);
      expect(largestDifference(spectrum, dense.slice(0, structure.rankBound)), module).toBeLessThan(1e-6 * dense[0]!);
    }
  });
});
