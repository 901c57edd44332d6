import { gguf } from '@huggingface/gguf';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loraStructure } from '../../../../src/engine/adapters/lora/loraStructure';
import { moraStructure } from '../../../../src/engine/adapters/mora/moraStructure';
import type { AdapterModule } from '../../../../src/engine/checkpoint/adapterState';
import { architectureOf } from '../../../../src/engine/export/gguf/architecture';
import { writeGgufLora } from '../../../../src/engine/export/gguf/exportLora';
import { readGgufLora } from '../../../../src/engine/export/gguf/ggufLora';
import { openGguf } from '../../../../src/engine/export/gguf/ggufFile';
import { requireFactors } from '../../../../src/engine/export/gguf/requireFactors';
import { decoderLinears, type DecoderConfig } from '../../../../src/engine/models/decoderConfig';
import { readDecoderConfig } from '../../../../src/engine/models/family';
import { oracleFloats, oracleParameter } from '../../../support/oracleBatch';
import { readOracleCase, type OracleCase } from '../../../support/oracleCase';
import { temporaryFolder } from '../../weights/bytes';
import { oracleFolder } from './families';

function oracleModules(oracle: OracleCase, config: DecoderConfig, name: string): AdapterModule[] {
  const spec = oracle.adapters.find((adapter) => adapter.name === name)!;
  return decoderLinears(config).map((linear) => {
    const size = { dIn: linear.dIn, dOut: linear.dOut, rank: spec.rank! };
    const value = (letter: string): Float32Array => oracleParameter(oracle, name, 'param', `${linear.name}.${letter}`);
    return spec.method === 'lora'
      ? {
          linear,
          structure: loraStructure({ ...size, alpha: spec.alpha! }),
          parameters: { A: value('A'), B: value('B') },
        }
      : { linear, structure: moraStructure({ ...size, type: spec.mora_type! }), parameters: { M: value('M') } };
  });
}

async function written(config: DecoderConfig, modules: readonly AdapterModule[]): Promise<string> {
  const file = join(await temporaryFolder(), 'adapter.gguf');
  const deltas = modules.map((module) => [module] as const);
  await writeGgufLora(file, deltas, config, architectureOf(config.family)!, 'an adapter');
  return file;
}

/** The largest difference as a share of the largest value. */
function relativeDifference(found: ArrayLike<number>, expected: Float32Array): number {
  let [difference, largest] = [0, 0];
  expected.forEach((value, i) => {
    difference = Math.max(difference, Math.abs(found[i]! - value));
    largest = Math.max(largest, Math.abs(value));
  });
  return difference / largest;
}

/** scale · B A as llama.cpp adds it to a weight [dOut, dIn]. */
function product(a: Float32Array, b: Float32Array, rank: number, alpha: number, dIn: number): Float64Array {
  const delta = new Float64Array((b.length / rank) * dIn);
  const scale = alpha === 0 ? 1 : alpha / rank;
  for (let row = 0; row < b.length / rank; row++) {
    for (let k = 0; k < rank; k++) {
      for (let column = 0; column < dIn; column++) {
        delta[row * dIn + column]! += scale * b[row * rank + k]! * a[k * dIn + column]!;
      }
    }
  }
  return delta;
}

describe.each(['llama', 'llama3', 'phi3', 'gemma2'])('an adapter of %s as a LoRA for llama.cpp', (family) => {
  const oracle = readOracleCase(family);

  it.each(['mora1', 'mora2', 'mora3', 'mora4', 'lora'])('%s has the same ΔW', async (name) => {
    const config = await readDecoderConfig(oracleFolder(family));
    const architecture = architectureOf(config.family)!;
    const modules = oracleModules(oracle, config, name);
    const file = await written(config, modules);
    const read = await openGguf(file);
    const alpha = (read.metadata.get('adapter.lora.alpha') as { value: number }).value;
    // r̂ differs from layer to layer, and a LoRA of the oracle has alpha 6.
    expect(alpha).toBe(name === 'lora' ? 6 : 0);
    const bound = await readGgufLora(file, decoderLinears(config), config, architecture);
    expect(bound).toHaveLength(decoderLinears(config).length);
    for (const { linear, structure, parameters } of bound) {
      const expected = deltaOf(oracle, name, linear.name, modules);
      const close = (found: ArrayLike<number>): void => expect(relativeDifference(found, expected)).toBeLessThan(1e-5);
      close(structure.deltaWeight(parameters));
      // Where llama.cpp wants other rows, what it adds has them in its order.
      if (/q_proj|k_proj/.test(linear.name) && family.startsWith('llama')) continue;
      const target = `blk.${linear.layer}.${NAMES[linear.module]!}.weight`;
      const [a, b] = [await read.readFloat32(`${target}.lora_a`), await read.readFloat32(`${target}.lora_b`)];
      close(product(a, b, read.entry(`${target}.lora_a`).shape[0]!, alpha, linear.dIn));
    }
    await read.close();
  });
});

/** As PyTorch has it, where the oracle holds it; elsewhere as the structure has it, which the oracle proves. */
function deltaOf(oracle: OracleCase, name: string, path: string, modules: readonly AdapterModule[]): Float32Array {
  if (oracle.tensors.has(`${name}/delta/${path}`)) return oracleFloats(oracle, `${name}/delta/${path}`);
  const { structure, parameters } = modules.find(({ linear }) => linear.name === path)!;
  return structure.deltaWeight(parameters);
}

const NAMES: Readonly<Record<string, string>> = {
  q_proj: 'attn_q',
  k_proj: 'attn_k',
  v_proj: 'attn_v',
  qkv_proj: 'attn_qkv',
  o_proj: 'attn_output',
  gate_proj: 'ffn_gate',
  up_proj: 'ffn_up',
  gate_up_proj: 'ffn_up',
  down_proj: 'ffn_down',
};

describe('a LoRA for llama.cpp', () => {
  it('says what it is, to another reader too', async () => {
    const config = await readDecoderConfig(oracleFolder('llama'));
    const file = await written(config, oracleModules(readOracleCase('llama'), config, 'lora'));
    const { metadata, tensorInfos } = await gguf(file, { allowLocalFile: true });
    expect(metadata).toMatchObject({
      'general.architecture': 'llama',
      'general.type': 'adapter',
      'adapter.type': 'lora',
      'adapter.lora.alpha': 6,
    });
    const q = tensorInfos.filter(({ name }) => name.startsWith('blk.0.attn_q.weight'));
    expect(q.map(({ name, shape }) => [name, shape.map(Number)])).toEqual([
      ['blk.0.attn_q.weight.lora_a', [40, 3]],
      ['blk.0.attn_q.weight.lora_b', [3, 40]],
    ]);
  });

  it('joins what was merged before with the rest, side by side', async () => {
    const oracle = readOracleCase('llama');
    const config = await readDecoderConfig(oracleFolder('llama'));
    const architecture = architectureOf(config.family)!;
    const [mora, lora] = ['mora1', 'lora'].map((name) => oracleModules(oracle, config, name));
    const file = join(await temporaryFolder(), 'adapter.gguf');
    const deltas = mora!.map((module, i) => [module, lora![i]!] as const);
    await writeGgufLora(file, deltas, config, architecture, 'an adapter');
    for (const { linear, structure, parameters } of await readGgufLora(
      file,
      decoderLinears(config),
      config,
      architecture,
    )) {
      const parts = ['mora1', 'lora'].map((name) => oracleFloats(oracle, `${name}/delta/${linear.name}`));
      const found = structure.deltaWeight(parameters);
      const sum = parts[0]!.map((value, i) => value + parts[1]![i]!);
      expect(relativeDifference(found, sum)).toBeLessThan(1e-5);
    }
  });

  it('has one alpha for modules that agree, and none where they do not', async () => {
    const config = await readDecoderConfig(oracleFolder('llama'));
    const [first, second] = oracleModules(readOracleCase('llama'), config, 'lora');
    const stronger = { ...second!, structure: loraStructure({ ...second!.structure, rank: 3, alpha: 12 }) };
    const file = await written(config, [first!, stronger]);
    const read = await openGguf(file);
    expect(read.metadata.get('adapter.lora.alpha')).toEqual({ type: 'float32', value: 0 });
    await read.close();
  });

  it('is refused for a ΔW of full rank', () => {
    const size = { dIn: 8, dOut: 8, rank: 2 };
    expect(() => requireFactors('a folder', moraStructure({ ...size, type: 6 }))).toThrow(
      /^a folder: is MoRA of type 6 .* use --format gguf\.$/,
    );
    expect(() => requireFactors('a folder', moraStructure({ ...size, type: 4 }))).not.toThrow();
  });

  it('is refused by a model of another architecture', async () => {
    const config = await readDecoderConfig(oracleFolder('llama'));
    const file = await written(config, oracleModules(readOracleCase('llama'), config, 'lora'));
    const other = await readDecoderConfig(oracleFolder('qwen2'));
    await expect(readGgufLora(file, decoderLinears(other), other, architectureOf('qwen2')!)).rejects.toThrow(
      /"general\.architecture" is not "qwen2"/,
    );
  });
});
