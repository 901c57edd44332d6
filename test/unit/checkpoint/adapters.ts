import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import type { LinearLayer } from '../../../src/config/targets';
import { fullStructure } from '../../../src/engine/adapters/full/fullStructure';
import { loraStructure } from '../../../src/engine/adapters/lora/loraStructure';
import { moraStructure } from '../../../src/engine/adapters/mora/moraStructure';
import type { AdapterStructure } from '../../../src/engine/adapters/structure';
import type { AdapterModule, AdapterState } from '../../../src/engine/checkpoint/adapterState';
import { writeSafetensors, type Float32Tensor } from '../../../src/engine/weights/safetensorsWriter';

export const EMBEDDED_MODEL = fileURLToPath(new URL('../../../media/model/tiny-llama-3m', import.meta.url));

export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'mora-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** q_proj 16 → 16 and v_proj 16 → 8 of two layers. */
export const LINEARS: readonly LinearLayer[] = [0, 1].flatMap((layer) => [
  { layer, module: 'q_proj', name: `model.layers.${layer}.self_attn.q_proj`, dIn: 16, dOut: 16 },
  { layer, module: 'v_proj', name: `model.layers.${layer}.self_attn.v_proj`, dIn: 16, dOut: 8 },
]);

/** Values that are all different and exact in float32. */
export function values(count: number, from = 1): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => (from + i) / 64);
}

export function moduleOf(linear: LinearLayer, structure: AdapterStructure): AdapterModule {
  const parameters = Object.fromEntries(
    [...structure.parameterShapes].map(([name, [rows, cols]]) => [
      name,
      values(rows * cols, linear.layer + name.length),
    ]),
  );
  return { linear, structure, parameters };
}

export function moraState(linears = LINEARS, rank = 2, type = 6): AdapterState {
  const modules = linears.map((linear) =>
    moduleOf(linear, moraStructure({ dIn: linear.dIn, dOut: linear.dOut, rank, type })),
  );
  return { baseModel: 'org/base', layerCount: 2, modules };
}

export function loraState(linears = LINEARS, rank = 2, alpha = 4): AdapterState {
  const modules = linears.map((linear) =>
    moduleOf(linear, loraStructure({ dIn: linear.dIn, dOut: linear.dOut, rank, alpha })),
  );
  return { baseModel: 'org/base', layerCount: 2, modules };
}

export function fullState(linears = LINEARS): AdapterState {
  return {
    baseModel: 'org/base',
    layerCount: 2,
    modules: linears.map((linear) => moduleOf(linear, fullStructure(linear))),
  };
}

/** An adapter folder as others write it. */
export async function foreignAdapter(
  config: Record<string, unknown>,
  tensors: Record<string, { shape: number[]; data: Float32Array }>,
): Promise<string> {
  const folder = await temporaryFolder();
  const json = { peft_type: 'LORA', base_model_name_or_path: 'org/base', r: 2, lora_alpha: 8, ...config };
  await writeFile(join(folder, 'adapter_config.json'), JSON.stringify(json));
  const entries = Object.entries(tensors).map(([name, { shape, data }]): [string, Float32Tensor] => [
    `base_model.model.${name}`,
    { dtype: 'F32', shape, data },
  ]);
  await writeSafetensors(join(folder, 'adapter_model.safetensors'), new Map(entries), { format: 'pt' });
  return folder;
}

export const square = (side: number, from = 1) => ({ shape: [side, side], data: values(side * side, from) });
