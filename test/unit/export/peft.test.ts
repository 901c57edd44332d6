import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../../src/config/userError';
import { fullStructure } from '../../../src/engine/adapters/full/fullStructure';
import { loraStructure } from '../../../src/engine/adapters/lora/loraStructure';
import { moraStructure } from '../../../src/engine/adapters/mora/moraStructure';
import { exportAdapter } from '../../../src/engine/export/exportAdapter';
import type { ExportParams, ExportReport } from '../../../src/engine/rpc/export';
import { readSafetensors } from '../../support/safetensors';
import { largestDifference, times } from '../../support/dense';
import { jacobiSingularValues } from '../../support/jacobiSingularValues';
import { oracleFloats } from '../../support/oracleBatch';
import { readOracleCase } from '../../support/oracleCase';
import { temporaryFolder } from '../checkpoint/adapters';
import { fixture, oracleAdapter, randomAdapter } from './source';

async function exported(
  adapter: string,
  params: Partial<ExportParams> = {},
): Promise<ExportReport & { config: Record<string, unknown> }> {
  const out = join(await temporaryFolder(), 'lora');
  const full: ExportParams = { adapter, out, format: 'peft', ...params };
  const report = await exportAdapter(full, () => undefined, new AbortController().signal);
  const text = await readFile(join(out, 'adapter_config.json'), 'utf8');
  return { ...report, config: JSON.parse(text) as Record<string, unknown> };
}

/** alpha/r · B A of each module, as any reader of the format takes it. */
async function deltasIn(
  folder: string,
  { r, lora_alpha }: Record<string, unknown>,
): Promise<Map<string, Float64Array>> {
  const tensors = readSafetensors(join(folder, 'adapter_model.safetensors'));
  const deltas = new Map<string, Float64Array>();
  for (const [name, { shape, values: a }] of tensors) {
    const match = /^base_model\.model\.(.*)\.lora_A\.weight$/.exec(name);
    if (match === null) continue;
    const b = tensors.get(name.replace('lora_A', 'lora_B'))!;
    expect([shape[0], b.shape[1]]).toEqual([r, r]);
    const product = times(b.values as Float32Array, a as Float32Array, b.shape[0]!, shape[0]!, shape[1]!);
    deltas.set(
      match[1]!,
      product.map((value) => (value * (lora_alpha as number)) / (r as number)),
    );
  }
  expect(tensors.size).toBe(2 * deltas.size);
  return deltas;
}

describe('a LoRA for PEFT', () => {
  it.each(['mora1', 'mora2', 'mora3', 'mora4'])(
    'of %s is PyTorch’s ΔW exactly, at one rank for all tools',
    async (name) => {
      const { out, config, approximations, overall, logits, warnings } = await exported(
        await oracleAdapter('llama', name),
      );
      const oracle = readOracleCase('llama');
      const deltas = await deltasIn(out, config);
      expect(deltas.size).toBe(14);
      for (const [module, delta] of deltas) {
        expect(largestDifference(delta, oracleFloats(oracle, `${name}/delta/${module}`)), module).toBeLessThan(1e-6);
      }
      // The largest r̂ at rank 2: ⌊√(96 · 2) + ½⌋ = 14 on 40 ↔ 56.
      expect(config).toMatchObject({
        ...{ peft_type: 'LORA', r: 14, lora_alpha: 14, rank_pattern: {}, alpha_pattern: {} },
        ...{ use_rslora: false, use_dora: false, bias: 'none', modules_to_save: null, fan_in_fan_out: false },
        base_model_name_or_path: fixture('llama'),
      });
      expect(Object.keys(config).filter((key) => key.includes('mora'))).toEqual([]);
      expect(approximations).toHaveLength(14);
      expect(overall!.error).toBeLessThan(1e-7);
      expect(overall!.optimum).toBe(0);
      expect(logits.bound).toBeCloseTo(1e-4 * logits.scale, 10);
      expect(logits.difference).toBeLessThan(logits.bound!);
      expect(warnings).toEqual([]);
      expect((await readdir(out)).sort()).toEqual(['README.md', 'adapter_config.json', 'adapter_model.safetensors']);
      expect(await readFile(join(out, 'README.md'), 'utf8')).toMatch(/\| all together \| \| exact \| exact \|/);
    },
  );

  it('of rotation is as near as its rank allows, and says how near', async () => {
    const adapter = await oracleAdapter('llama', 'mora6');
    const { out, config, approximations, overall, logits, warnings } = await exported(adapter);
    expect(config).toMatchObject({ r: 2, lora_alpha: 2 });
    expect(warnings).toEqual([expect.stringMatching(/most of what was learned is lost; --format merged keeps it/)]);
    const oracle = readOracleCase('llama');
    const deltas = await deltasIn(out, config);
    let [missed, whole] = [0, 0];
    for (const { name, rank, error, optimum } of approximations) {
      const expected = Float64Array.from(oracleFloats(oracle, `mora6/delta/${name}`));
      const found = deltas.get(name)!;
      const [rows, cols] = oracle.adapters.find((spec) => spec.name === 'mora6')!.modules[name]!;
      const squares = jacobiSingularValues(expected, rows, cols).map((sigma) => sigma ** 2);
      const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);
      const distance = sum(expected.map((value, i) => (value - found[i]!) ** 2));
      expect(rank).toBe(2);
      expect(error).toBeCloseTo(Math.sqrt(distance / sum(squares)), 6);
      expect(optimum).toBeCloseTo(Math.sqrt(sum(squares.subarray(2)) / sum(squares)), 6);
      expect(error).toBeLessThan(optimum! * (1 + 1e-4));
      missed += distance;
      whole += sum(squares);
    }
    expect(overall!.error).toBeCloseTo(Math.sqrt(missed / whole), 6);
    expect(logits.bound).toBeNull();
    expect(logits.difference).toBeGreaterThan(1e-3 * logits.scale);
    const readme = await readFile(join(out, 'README.md'), 'utf8');
    expect(readme).toMatch(/this is stated, not bounded/);
    expect(readme).toContain(`${(100 * overall!.error).toPrecision(3)} %`);
  });

  it('of rotation at full rank is exact again', async () => {
    const { overall, logits } = await exported(await oracleAdapter('llama', 'mora6'), { rank: 100 });
    expect(overall!.error).toBe(0);
    expect(logits.difference).toBeLessThan(logits.bound!);
  });

  it('of sharing at a smaller rank than r̂ is near', async () => {
    const { config, approximations, logits } = await exported(await oracleAdapter('llama', 'mora1'), { rank: 4 });
    expect(config).toMatchObject({ r: 4, lora_alpha: 4 });
    expect(approximations.every(({ error, optimum }) => error > 0.1 && error < optimum! * (1 + 1e-4))).toBe(true);
    expect(logits.bound).toBeNull();
  });

  it('of a LoRA is that LoRA, bit for bit', async () => {
    const adapter = await oracleAdapter('llama', 'lora');
    const { out, config, approximations, overall, logits } = await exported(adapter);
    expect(config).toMatchObject({ r: 3, lora_alpha: 6 });
    expect(readSafetensors(join(out, 'adapter_model.safetensors'))).toEqual(
      readSafetensors(join(adapter, 'adapter_model.safetensors')),
    );
    expect([approximations, overall]).toEqual([[], undefined]);
    expect(logits.difference).toBe(0);
  });

  it.each([
    ['differ in rank and scale', (dIn: number) => ({ rank: dIn > 40 ? 2 : 3, alpha: 6 })],
    ['are rank-stabilised', () => ({ rank: 3, alpha: 5, rankStabilised: true })],
  ])('of LoRAs that %s has one rank and one scale, which all tools read alike', async (_, options) => {
    const structure = (layer: { dIn: number; dOut: number }) => loraStructure({ ...layer, ...options(layer.dIn) });
    const adapter = await randomAdapter(fixture('llama'), structure, 0.1);
    const { out, config, logits } = await exported(adapter);
    expect(config).toMatchObject({ r: 3, rank_pattern: {}, alpha_pattern: {}, use_rslora: false });
    const deltas = await deltasIn(out, config);
    const tensors = readSafetensors(join(adapter, 'adapter_model.safetensors'));
    for (const [name, delta] of deltas) {
      const [a, b] = ['A', 'B'].map((matrix) => tensors.get(`base_model.model.${name}.lora_${matrix}.weight`)!);
      const [dOut, rank] = b!.shape as [number, number];
      const { alpha, ...rest } = options(a!.shape[1]!);
      const scale = alpha / ('rankStabilised' in rest ? Math.sqrt(rank) : rank);
      const own = times(b!.values as Float32Array, a!.values as Float32Array, dOut, rank, a!.shape[1]!);
      expect(
        largestDifference(
          delta,
          own.map((value) => scale * value),
        ),
      ).toBeLessThan(1e-6);
    }
    expect(logits.difference).toBeLessThan(logits.bound!);
  });

  it('of full fine-tuning needs a rank', async () => {
    const adapter = await randomAdapter(fixture('llama'), fullStructure, 0.01);
    const error: unknown = await exported(adapter).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).message).toMatch(/give its rank with --rank, or use --format merged/);
    const { config, approximations } = await exported(adapter, { rank: 5 });
    expect(config).toMatchObject({ r: 5, lora_alpha: 5 });
    expect(approximations.every(({ error: near, optimum }) => near < optimum! * (1 + 1e-4))).toBe(true);
  });

  it('warns of a rank that vLLM does not take', async () => {
    const adapter = await randomAdapter(fixture('llama'), fullStructure, 0.01);
    expect((await exported(adapter, { rank: 513 })).warnings).toEqual([]);
    const wide = (layer: { dIn: number; dOut: number }) => loraStructure({ ...layer, rank: 513, alpha: 513 });
    expect((await exported(await randomAdapter(fixture('llama'), wide, 0.001))).warnings).toEqual([
      'vLLM takes no LoRA above rank 512, and this one has 513.',
    ]);
  });
});

describe('the format of the official code', () => {
  it.each(['mora1', 'mora6'])('has the very parameters of %s', async (name) => {
    const adapter = await oracleAdapter('llama', name);
    const { out, config, logits } = await exported(adapter, { format: 'mora' });
    expect(config).toMatchObject({ use_mora: true, mora_type: Number(name.slice(4)), r: 2 });
    expect(await readFile(join(out, 'adapter_model.safetensors'))).toEqual(
      await readFile(join(adapter, 'adapter_model.safetensors')),
    );
    expect(logits.difference).toBe(0);
  });

  it('has normalized MoRA as plain MoRA', async () => {
    const adapter = await randomAdapter(
      fixture('llama'),
      (layer) => moraStructure({ ...layer, rank: 2, type: 1, normalized: true }),
      0.02,
    );
    const { config, logits } = await exported(adapter, { format: 'mora' });
    expect(config).toMatchObject({ use_mora: true, mora_type: 1 });
    expect(logits.difference).toBeLessThan(logits.bound!);
  });

  it.each([
    ['lora', /is a LoRA, which the format of the official MoRA code cannot say; use --format peft/],
    ['full', /is full fine-tuning, .* use --format merged, or peft with --rank/],
  ])('refuses %s', async (name, message) => {
    await expect(exported(await oracleAdapter('llama', name), { format: 'mora' })).rejects.toThrow(message);
  });
});
