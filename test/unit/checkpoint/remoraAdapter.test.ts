import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { singularValues } from '../../../src/analysis/singularValues';
import { loraStructure } from '../../../src/engine/adapters/lora/loraStructure';
import { moraStructure } from '../../../src/engine/adapters/mora/moraStructure';
import type { AdapterStructure } from '../../../src/engine/adapters/structure';
import { readAdapter, writeAdapter } from '../../../src/engine/checkpoint/adapterFolder';
import type { AdapterModule } from '../../../src/engine/checkpoint/adapterState';
import { layerPermutation } from '../../../src/engine/checkpoint/layerPermutation';
import { MergeHistory } from '../../../src/engine/checkpoint/mergeHistory';
import { inspect } from '../../../src/engine/inspect';
import type { LinearLayer } from '../../../src/config/targets';
import { largestDifference } from '../../support/dense';
import { LINEARS, moduleOf, temporaryFolder } from './adapters';

const STATE = { baseModel: 'org/base', layerCount: 2 };

const sharing = (type: number, merge = 0) =>
  modulesOf((linear) =>
    moraStructure({
      ...{ dIn: linear.dIn, dOut: linear.dOut, rank: 2, type },
      permutation: merge === 0 ? null : layerPermutation({ seed: 9, merge }, linear),
    }),
  );

function modulesOf(structure: (linear: LinearLayer) => AdapterStructure): AdapterModule[] {
  return LINEARS.map((linear) => moduleOf(linear, structure(linear)));
}

/** An adapter folder after some merges. */
async function written(merges: readonly AdapterModule[][], live: readonly AdapterModule[]): Promise<string> {
  const folder = await temporaryFolder();
  const history = new MergeHistory();
  for (const merge of merges) history.add(merge);
  await history.writeInto(folder, STATE);
  await writeAdapter(folder, { ...STATE, modules: live, merges: merges.length });
  return folder;
}

const config = async (folder: string): Promise<Record<string, unknown>> =>
  JSON.parse(await readFile(join(folder, 'adapter_config.json'), 'utf8')) as Record<string, unknown>;

const values = (modules: readonly AdapterModule[]) => modules.map(({ parameters }) => parameters);
const deltas = (modules: readonly AdapterModule[]) =>
  modules.map(({ structure, parameters }) => structure.deltaWeight(parameters));

describe('an adapter after merges', () => {
  test.each([
    ['MoRA, each merge of its own type', [sharing(1), sharing(2)], sharing(3)],
    ['MoRA, each merge of its own shuffle', [sharing(1), sharing(1, 1)], sharing(1, 2)],
    [
      'LoRA',
      [modulesOf((linear) => loraStructure({ ...linear, rank: 2, alpha: 4 }))],
      modulesOf((linear) => loraStructure({ ...linear, rank: 2, alpha: 4 })),
    ],
  ])('comes back with all of them, bit for bit: %s', async (_, merges, live) => {
    const folder = await written(merges, live);
    const loaded = await readAdapter(folder, LINEARS);
    expect(values(loaded.modules)).toEqual(values(live));
    expect(deltas(loaded.modules)).toEqual(deltas(live));
    expect(loaded.merged.map(values)).toEqual(merges.map(values));
    expect(loaded.merged.map(deltas)).toEqual(merges.map(deltas));
    expect(loaded.warnings).toEqual([]);
  });

  test('has a name of its own, so that nothing takes it, or a part of it, for a whole plain adapter', async () => {
    const folder = await written([sharing(1)], sharing(2));
    expect(await config(folder)).toMatchObject({
      peft_type: 'REMORA',
      remora: { version: 1, merges: 1, part: null, permutation: null },
      use_mora: true,
      mora_type: 2,
    });
    expect(await config(join(folder, 'merged', '0001'))).toMatchObject({
      peft_type: 'REMORA',
      remora: { merges: 0, part: 1 },
      mora_type: 1,
    });
    expect(await readFile(join(folder, 'README.md'), 'utf8')).toMatch(
      /sum of the 1 that `merged\/` holds[^]*both refuse it/,
    );
    expect(await readFile(join(folder, 'merged', '0001', 'README.md'), 'utf8')).toContain('nothing by itself');
  });

  test('is marked for its shuffle alone', async () => {
    const folder = await written([], sharing(1, 3));
    expect(await config(folder)).toMatchObject({
      peft_type: 'REMORA',
      remora: { merges: 0, permutation: { seed: 9, merge: 3 } },
    });
  });

  test('is a plain adapter before the first merge', async () => {
    const read = await config(await written([], sharing(1)));
    expect(read).toMatchObject({ peft_type: 'LORA', mora_type: 1 });
    expect(read).not.toHaveProperty('remora');
  });

  test('is inspected as the sum of all', async () => {
    const merges = [sharing(1), sharing(1, 1)];
    const live = sharing(1, 2);
    const inspection = await inspect({ path: await written(merges, live) });
    expect(inspection.adapter).toMatchObject({ method: 'mora', merges: 2, shuffled: true });
    inspection.modules.forEach((module, i) => {
      const sum = [...merges, live].map((modules) => deltas(modules)[i]!);
      const dense = singularValues(
        Float64Array.from(sum[0]!, (_, k) => sum.reduce((total, delta) => total + delta[k]!, 0)),
        module.dOut,
        module.dIn,
      );
      const found = module.singularValues.slice(0, dense.length);
      expect(largestDifference(found, dense.slice(0, found.length))).toBeLessThan(1e-5 * dense[0]!);
      expect(module.merges).toBe(2);
      expect(module.live!.rankBound).toBe(live[i]!.structure.rankBound);
      expect(module.live!.frobenius).toBeCloseTo(Math.hypot(...deltas(live)[i]!), 3);
    });
  });

  test('of one merge alone is inspected with a warning', async () => {
    const folder = await written([sharing(1)], sharing(2));
    const { warnings } = await inspect({ path: join(folder, 'merged', '0001') });
    expect(warnings).toEqual([expect.stringContaining('is only merge 1 of an adapter')]);
  });
});

describe('what lacks a merge is refused', () => {
  const reading = async (folder: string): Promise<unknown> => readAdapter(folder, LINEARS);

  test('a folder that is gone', async () => {
    const folder = await written([sharing(1), sharing(2)], sharing(3));
    await rm(join(folder, 'merged', '0001'), { recursive: true });
    await expect(reading(folder)).rejects.toThrow(/merged.0001: is missing, but .* says that 2 merges belong/);
  });

  test('merges in another order', async () => {
    const folder = await written([sharing(1), sharing(2)], sharing(3));
    const file = join(folder, 'merged', '0001', 'adapter_config.json');
    await writeFile(file, await readFile(join(folder, 'merged', '0002', 'adapter_config.json')));
    await expect(reading(folder)).rejects.toThrow(/is not merge 1 of/);
  });

  test('one merge taken for the whole', async () => {
    const folder = await written([sharing(1)], sharing(2));
    await expect(reading(join(folder, 'merged', '0001'))).rejects.toThrow(/is only merge 1 of an adapter; give/);
  });

  test('a mark that was taken away', async () => {
    const folder = await written([sharing(1)], sharing(2));
    const { remora: _, ...rest } = await config(folder);
    await writeFile(join(folder, 'adapter_config.json'), JSON.stringify(rest));
    await expect(reading(folder)).rejects.toThrow(/"remora" is missing/);
  });
});

test('what a checkpoint holds already is linked into the next, not kept in memory', async () => {
  const [first, second] = [await temporaryFolder(), await temporaryFolder()];
  const history = new MergeHistory();
  history.add(sharing(1));
  await history.writeInto(first, STATE);
  await writeAdapter(first, { ...STATE, modules: sharing(2), merges: 1 });
  history.savedIn(first);
  history.add(sharing(2));
  await history.writeInto(second, STATE);
  await writeAdapter(second, { ...STATE, modules: sharing(3), merges: 2 });
  history.savedIn(second);
  expect(await readdir(join(second, 'merged'))).toEqual(['0001', '0002']);
  const file = join('merged', '0001', 'adapter_model.safetensors');
  expect((await stat(join(second, file))).ino).toBe((await stat(join(first, file))).ino);

  await rm(first, { recursive: true });
  const all: AdapterModule[][] = [];
  for await (const modules of history.each(LINEARS)) all.push([...modules]);
  expect(all.map(values)).toEqual([sharing(1), sharing(2)].map(values));
});

test('a rank-stabilised LoRA says so, and comes back with the same scale', async () => {
  const live = modulesOf((linear) => loraStructure({ ...linear, rank: 4, alpha: 6, rankStabilised: true }));
  const folder = await written([], live);
  expect(await config(folder)).toMatchObject({ peft_type: 'LORA', r: 4, lora_alpha: 6, use_rslora: true });
  const { modules } = await readAdapter(folder, LINEARS);
  // alpha/√r = 6/2.
  expect(modules[0]!.structure).toMatchObject({ alpha: 6, rankStabilised: true, scale: 3 });
  expect(deltas(modules)).toEqual(deltas(live));
});

test('normalized MoRA is written as the official code knows it, with the same ΔW', async () => {
  const live = modulesOf((linear) =>
    moraStructure({ dIn: linear.dIn, dOut: linear.dOut, rank: 2, type: 1, normalized: true }),
  );
  const folder = await written([], live);
  expect(await config(folder)).toMatchObject({ peft_type: 'LORA', use_mora: true, mora_type: 1 });
  const { modules } = await readAdapter(folder, LINEARS);
  expect(modules[0]!.structure).toMatchObject({ normalized: false });
  expect(deltas(modules)).toEqual(deltas(live));
});
