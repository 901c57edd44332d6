import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { LinearLayer } from '../../../src/config/targets';
import { moraStructure } from '../../../src/engine/adapters/mora/moraStructure';
import { writeAdapter } from '../../../src/engine/checkpoint/adapterFolder';
import type { AdapterModule } from '../../../src/engine/checkpoint/adapterState';
import { layerPermutation } from '../../../src/engine/checkpoint/layerPermutation';
import { MergeHistory } from '../../../src/engine/checkpoint/mergeHistory';
import { exportAdapter } from '../../../src/engine/export/exportAdapter';
import { decoderLinears } from '../../../src/engine/models/decoderConfig';
import { readDecoderConfig } from '../../../src/engine/models/family';
import type { ExportParams, ExportReport } from '../../../src/engine/rpc/export';
import { denseDelta } from '../../support/denseDelta';
import { readSafetensors } from '../../support/safetensors';
import { gaussians32, seededRandom } from '../../support/seededRandom';
import { temporaryFolder } from '../checkpoint/adapters';
import { fixture } from './source';

const base = fixture('llama');

function modulesOf(linears: readonly LinearLayer[], type: number, merge = 0): AdapterModule[] {
  const random = seededRandom(10 * type + merge);
  return linears.map((linear) => {
    const { dIn, dOut } = linear;
    const permutation = merge === 0 ? null : layerPermutation({ seed: 3, merge }, linear);
    const structure = moraStructure({ dIn, dOut, rank: 1, type, permutation });
    const M = gaussians32(structure.parameterCount, random).map((value) => 0.02 * value);
    return { linear, structure, parameters: { M } };
  });
}

/** A checkpoint of a run that merged twice, types 1 and 2, and was at type 3, or a shuffle, when it ended. */
async function remoraAdapter(shuffled: boolean): Promise<{ folder: string; parts: AdapterModule[][] }> {
  const config = await readDecoderConfig(base);
  const linears = decoderLinears(config);
  const parts = shuffled
    ? [modulesOf(linears, 1), modulesOf(linears, 1, 1), modulesOf(linears, 1, 2)]
    : [modulesOf(linears, 1), modulesOf(linears, 2), modulesOf(linears, 3)];
  const folder = await temporaryFolder();
  const state = { baseModel: base, layerCount: config.layers };
  const history = new MergeHistory();
  for (const part of parts.slice(0, 2)) history.add(part);
  await history.writeInto(folder, state);
  await writeAdapter(folder, { ...state, modules: parts[2]!, merges: 2 });
  return { folder, parts };
}

async function exported(adapter: string, format: ExportParams['format']): Promise<ExportReport> {
  const out = join(await temporaryFolder(), 'out');
  return exportAdapter({ adapter, out, format }, () => undefined, new AbortController().signal);
}

it('what was merged on the way belongs to the merged model', async () => {
  const { folder, parts } = await remoraAdapter(false);
  const { out, logits } = await exported(folder, 'merged');
  const before = readSafetensors(join(base, 'model.safetensors'));
  const after = readSafetensors(join(out, 'model.safetensors'));
  parts[0]!.forEach(({ linear: { name, dIn, dOut } }, index) => {
    const deltas = parts.map((part) => {
      const { structure, parameters } = part[index]!;
      if (structure.method !== 'mora') throw new Error('not MoRA');
      return denseDelta({ dIn, dOut, rHat: structure.rHat, type: structure.type }, parameters.M!);
    });
    const weight = before.get(`${name}.weight`)!.values as Float32Array;
    (after.get(`${name}.weight`)!.values as Float32Array).forEach((value, i) => {
      const expected = deltas.reduce((sum, delta) => sum + delta[i]!, weight[i]!);
      if (Math.abs(value - expected) > 1e-6) expect.fail(`${name} at ${i}: ${value}, not ${expected}`);
    });
  });
  expect(logits.difference).toBeLessThan(logits.bound!);
  expect(logits.adapterEffect).toBeGreaterThan(100 * logits.difference);
});

it.each([
  ['in cycles', false],
  ['shuffled', true],
])('merges %s make one exact LoRA', async (_, shuffled) => {
  const { folder } = await remoraAdapter(shuffled);
  const { out, overall, logits } = await exported(folder, 'peft');
  expect(overall!.error).toBeLessThan(1e-6);
  expect(logits.difference).toBeLessThan(logits.bound!);
  const config = JSON.parse(await readFile(join(out, 'adapter_config.json'), 'utf8')) as Record<string, unknown>;
  expect(config).toMatchObject({ peft_type: 'LORA' });
  expect(config).not.toHaveProperty('remora');
});

it('a shuffled one can be merged too', async () => {
  const { folder } = await remoraAdapter(true);
  const { logits } = await exported(folder, 'merged');
  expect(logits.difference).toBeLessThan(logits.bound!);
  expect(logits.adapterEffect).toBeGreaterThan(100 * logits.difference);
});

it('the official code can say neither merges nor shuffles', async () => {
  const merged = await remoraAdapter(false);
  await expect(exported(merged.folder, 'mora')).rejects.toThrow(
    /was merged into its base while it trained, which the format of the official MoRA code cannot say; use --format merged or peft\.$/,
  );
  const config = await readDecoderConfig(base);
  const folder = await temporaryFolder();
  const modules = modulesOf(decoderLinears(config), 1, 1);
  await writeAdapter(folder, { baseModel: base, layerCount: config.layers, modules });
  await expect(exported(folder, 'mora')).rejects.toThrow(
    /has shuffled rows and columns, .* use --format merged or peft/,
  );
});
