import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { singularValues } from '../../../src/analysis/singularValues';
import { moraStructure } from '../../../src/engine/adapters/mora/moraStructure';
import { writeAdapter } from '../../../src/engine/checkpoint/adapterFolder';
import type { AdapterState } from '../../../src/engine/checkpoint/adapterState';
import { saveCheckpoint } from '../../../src/engine/checkpoint/checkpointFolder';
import { inspect } from '../../../src/engine/inspect';
import { moduleSpectrumSchema } from '../../../src/run/spectra';
import {
  EMBEDDED_MODEL,
  foreignAdapter,
  fullState,
  LINEARS,
  loraState,
  moraState,
  square,
  temporaryFolder,
  values,
} from './adapters';

async function written(state: AdapterState): Promise<string> {
  const folder = await temporaryFolder();
  await writeAdapter(folder, state);
  return folder;
}

test.each([
  ['mora 6', moraState()],
  ['mora 1', moraState(LINEARS, 2, 1)],
  ['lora', loraState()],
  ['full', fullState()],
])('the spectrum of %s is that of its ΔW', async (_, state) => {
  const inspection = await inspect({ path: await written(state) });
  expect(inspection.kind).toBe('adapter');
  expect(inspection.metadata).toEqual({ format: 'pt' });
  inspection.modules.forEach((module, i) => {
    const { linear, structure, parameters } = state.modules[i]!;
    expect(moduleSpectrumSchema.parse(module)).toEqual(module);
    expect(module).toMatchObject({
      name: linear.name,
      layer: linear.layer,
      module: linear.module,
      dIn: linear.dIn,
      dOut: linear.dOut,
    });
    const dense = singularValues(structure.deltaWeight(parameters), linear.dOut, linear.dIn);
    expect(module.singularValues).toHaveLength(structure.rankBound);
    module.singularValues.forEach((sigma, k) => expect(Math.abs(sigma - dense[k]!)).toBeLessThan(1e-5 * dense[0]!));
    expect(module.frobenius).toBeCloseTo(Math.hypot(...dense), 3);
    expect(module.effectiveRank).toBeGreaterThan(1);
  });
});

test('an adapter is described as what it is', async () => {
  const mora = await inspect({ path: await written(moraState()) });
  expect(mora.adapter).toEqual({ method: 'mora', moraType: 6, mode: 'rotation', rank: 2, baseModel: 'org/base' });
  expect(mora.modules[0]).toMatchObject({ method: 'mora', moraType: 6, rHat: 8, parameters: 64, rankBound: 16 });
  const lora = await inspect({ path: await written(loraState()) });
  expect(lora.adapter).toEqual({ method: 'lora', rank: 2, alpha: 4, baseModel: 'org/base' });
  const full = await inspect({ path: await written(fullState()) });
  expect(full.adapter).toEqual({ method: 'full', rank: null, baseModel: 'org/base' });
});

test('modules of one last name in a layer are told apart, in every layer of the adapter', async () => {
  const paths = ['h.0.attn.c_attn', 'h.0.attn.c_proj', 'h.0.mlp.c_proj', 'h.11.attn.c_proj'];
  const tensors = paths.flatMap((path): [string, { shape: number[]; data: Float32Array }][] => [
    [`transformer.${path}.lora_A.weight`, { shape: [2, 8], data: values(16) }],
    [`transformer.${path}.lora_B.weight`, { shape: [8, 2], data: values(16) }],
  ]);
  const folder = await foreignAdapter({ fan_in_fan_out: true }, Object.fromEntries(tensors));
  const { modules } = await inspect({ path: folder });
  expect(modules.map(({ layer, module }) => `${layer} ${module}`)).toEqual([
    ...['0 c_attn', '0 attn.c_proj', '0 mlp.c_proj', '11 attn.c_proj'],
  ]);
});

test('an adapter is found by either of its files', async () => {
  const folder = await written(loraState());
  for (const name of ['adapter_model.safetensors', 'adapter_config.json']) {
    const path = join(folder, name);
    const inspection = await inspect({ path });
    expect(inspection).toMatchObject({ kind: 'adapter', path });
    expect(inspection.modules).toHaveLength(4);
  }
});

describe('the sizes of a MoRA adapter of others', () => {
  const q = 'model.layers.2.self_attn.q_proj';
  const adapter = (base: string | null): Promise<string> => {
    const rHat = moraStructure({ dIn: 192, dOut: 192, rank: 2, type: 1 }).rHat;
    return foreignAdapter(
      { use_mora: true, base_model_name_or_path: base },
      { [`${q}.lora_A.weight`]: square(rHat), [`${q}.lora_B.weight`]: square(rHat) },
    );
  };
  const size = { dIn: 192, dOut: 192, layer: 2, module: 'q_proj' };

  test('come from the weights of its base model, by absolute or relative path', async () => {
    expect((await inspect({ path: await adapter(EMBEDDED_MODEL) })).modules[0]).toMatchObject(size);
    const folder = await adapter('base');
    await cp(EMBEDDED_MODEL, join(folder, 'base'), { recursive: true });
    expect((await inspect({ path: folder })).modules[0]).toMatchObject(size);
  });

  test('come from config.json of its base model where the weights are not there', async () => {
    const folder = await adapter('base');
    await cp(EMBEDDED_MODEL, join(folder, 'base'), { recursive: true });
    await rm(join(folder, 'base', 'model.safetensors'));
    expect((await inspect({ path: folder })).modules[0]).toMatchObject(size);
  });

  test('come from a config.json beside it', async () => {
    const folder = await adapter('org/on-the-hub');
    await cp(join(EMBEDDED_MODEL, 'config.json'), join(folder, 'config.json'));
    expect((await inspect({ path: folder })).modules[0]).toMatchObject(size);
  });

  test('come from its base model of the hub, when that is downloaded', async () => {
    const home = await temporaryFolder();
    const commit = 'c0ffee'.padEnd(40, '0');
    await cp(EMBEDDED_MODEL, join(home, 'hub', 'models--org--on-the-hub', 'snapshots', commit), { recursive: true });
    vi.stubEnv('HF_HOME', home);
    for (const name of ['HF_HUB_CACHE', 'HUGGINGFACE_HUB_CACHE']) vi.stubEnv(name, undefined);
    try {
      const rHat = moraStructure({ dIn: 192, dOut: 192, rank: 2, type: 1 }).rHat;
      const folder = await foreignAdapter(
        { use_mora: true, base_model_name_or_path: 'org/on-the-hub', revision: commit },
        { [`${q}.lora_A.weight`]: square(rHat), [`${q}.lora_B.weight`]: square(rHat) },
      );
      expect((await inspect({ path: folder })).modules[0]).toMatchObject(size);
    } finally {
      vi.unstubAllEnvs();
    }
  });

  test('are asked for when nothing tells them', async () => {
    await expect(inspect({ path: await adapter('org/on-the-hub') })).rejects.toThrow(
      /the size of ".*q_proj" is not known, because the base model org\/on-the-hub is not a folder here; put its config\.json beside adapter_config\.json, or run `mora download org\/on-the-hub`\.$/,
    );
    await expect(inspect({ path: await adapter(null) })).rejects.toThrow(
      /the base model \(not named\) is not a folder/,
    );
  });
});

test('a value that is not finite is named, not turned into a spectrum', async () => {
  const data = values(64);
  data[3] = Infinity;
  const tensor = { shape: [8, 8], data };
  const folder = await foreignAdapter({ use_mora: true }, { 'x.lora_A.weight': tensor, 'x.lora_B.weight': tensor });
  await expect(inspect({ path: folder })).rejects.toThrow(
    /adapter_model\.safetensors: tensor "base_model\.model\.x\.lora_A\.weight" has Infinity at index 3/,
  );
});

test('a run shows its newest checkpoint', async () => {
  const run = await temporaryFolder();
  await writeFile(join(run, 'status.json'), '{}');
  await expect(inspect({ path: run })).rejects.toThrow(/the run has no checkpoint yet/);
  for (const [step, state] of [
    [20, loraState()],
    [10, fullState()],
  ] as const) {
    await saveCheckpoint(join(run, 'checkpoints'), step, (folder) => writeAdapter(folder, state));
  }
  const inspection = await inspect({ path: run });
  expect(inspection).toMatchObject({ kind: 'run', path: run, adapter: { method: 'lora' } });
  const earlier = await inspect({ path: join(run, 'checkpoints', 'step-0000010') });
  expect(earlier).toMatchObject({ kind: 'adapter', adapter: { method: 'full' } });
});

test('a model folder and a safetensors file are listed', async () => {
  const model = await inspect({ path: EMBEDDED_MODEL });
  expect(model).toMatchObject({ kind: 'model', modules: [] });
  expect(model.tensors).toContainEqual({ name: 'model.norm.weight', dtype: 'BF16', shape: [192], bytes: 384 });
  const file = await inspect({ path: join(EMBEDDED_MODEL, 'model.safetensors') });
  expect(file).toMatchObject({ kind: 'tensors', metadata: { format: 'pt' } });
  expect(file.tensors).toEqual(model.tensors);
});

test('a quantised model can be looked into though it cannot be trained', async () => {
  const folder = await temporaryFolder();
  await cp(EMBEDDED_MODEL, folder, { recursive: true });
  await writeFile(join(folder, 'config.json'), '{"quantization_config": {"quant_method": "awq"}}');
  expect((await inspect({ path: folder })).kind).toBe('model');
});

test('anything else is refused with what can be given', async () => {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'empty'));
  await writeFile(join(folder, 'a.txt'), '');
  await expect(inspect({ path: join(folder, 'a.txt') })).rejects.toThrow(
    /a\.txt: is no \.safetensors file; give one, or/,
  );
  await expect(inspect({ path: join(folder, 'empty') })).rejects.toThrow(/empty: has no model\.safetensors/);
  await expect(inspect({ path: join(folder, 'none') })).rejects.toThrow(/none: does not exist/);
});
