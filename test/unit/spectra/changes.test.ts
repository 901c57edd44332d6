import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ModuleProgress } from '../../../src/engine/rpc/changes';
import { baseNorms } from '../../../src/engine/spectra/baseNorms';
import { intruders } from '../../../src/engine/spectra/intruders';
import { modelDifference } from '../../../src/engine/spectra/modelDifference';
import { headerBytes, type TensorDescription } from '../../../src/engine/weights/headerBytes';
import { formulaDelta, formulaMatrix } from '../../support/formulaMatrix';

const { cases } = JSON.parse(readFileSync(new URL('../../fixtures/spectra/spectra.json', import.meta.url), 'utf8')) as {
  cases: { rows: number; cols: number; cosines: number[]; singularValues: number[] }[];
};

const Q = 'model.layers.0.self_attn.q_proj';
const UP = 'model.layers.1.mlp.up_proj';
const DOWN = 'model.layers.1.mlp.down_proj';
const SHAPES = { [Q]: [24, 24], [UP]: [20, 36], [DOWN]: [36, 20] } as const;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mora-difference-'));
  const base = Object.entries(SHAPES).map(([name, [rows, cols]]) =>
    tensor(name, [rows, cols], formulaMatrix(1, rows, cols)),
  );
  const tuned = Object.entries(SHAPES).map(([name, [rows, cols]]) =>
    tensor(
      name,
      [rows, cols],
      formulaMatrix(1, rows, cols).map((x, i) => x + formulaDelta(rows, cols)[i]!),
    ),
  );
  const table = tensor('model.embed_tokens', [50, 24], formulaMatrix(2, 50, 24));
  await writeModel('base', [...base, table]);
  await writeModel('tuned', [...tuned, table]);
  await writeModel('half', base.map(toBfloat16));
  await writeModel('other', [tensor(Q, [24, 23], formulaMatrix(1, 24, 23)), ...base.slice(1, 2)]);
  await writeModel('infinite', [
    tensor(
      Q,
      [24, 24],
      formulaMatrix(1, 24, 24).map((x, i) => (i === 7 ? Infinity : x)),
    ),
    ...base.slice(1),
  ]);
  const experts = ['mlp.down_proj', 'mlp.experts.0.up_proj', 'mlp.experts.1.up_proj', 'self_attn.q_proj'];
  const mixture = experts.map((path) => tensor(`model.layers.10.${path}`, [6, 5], formulaMatrix(1, 6, 5)));
  await writeModel('mixture', [...mixture, tensor('model.layers.2.mlp.up_proj', [6, 5], formulaMatrix(1, 6, 5))]);
  const gpt2 = ['attn.c_attn', 'attn.c_proj', 'mlp.c_fc', 'mlp.c_proj'];
  await writeModel(
    'gpt2',
    gpt2.map((path) => tensor(`transformer.h.3.${path}`, [6, 5], formulaMatrix(1, 6, 5))),
  );
  await writeShards('sharded', [tuned.slice(0, 2), tuned.slice(2)]);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Tensor {
  readonly described: TensorDescription;
  readonly bytes: Uint8Array;
}

function tensor(name: string, shape: readonly number[], values: Float64Array): Tensor {
  const bytes = new Uint8Array(Float32Array.from(values).buffer);
  return { described: { name: `${name}.weight`, dtype: 'F32', shape }, bytes };
}

/** Cut, not rounded: another number format is all that counts here. */
function toBfloat16({ described, bytes }: Tensor): Tensor {
  const halves = new Uint16Array(bytes.buffer).filter((_, i) => i % 2 === 1);
  return { described: { ...described, dtype: 'BF16' }, bytes: new Uint8Array(halves.buffer) };
}

async function writeTensors(file: string, tensors: readonly Tensor[]): Promise<void> {
  const header = headerBytes(
    tensors.map(({ described }) => described),
    { format: 'pt' },
  );
  await writeFile(file, Buffer.concat([header, ...tensors.map(({ bytes }) => bytes)]));
}

async function writeModel(name: string, tensors: readonly Tensor[]): Promise<void> {
  await mkdir(join(folder, name));
  await writeTensors(join(folder, name, 'model.safetensors'), tensors);
}

async function writeShards(name: string, shards: readonly (readonly Tensor[])[]): Promise<void> {
  await mkdir(join(folder, name));
  const places: [string, string][] = [];
  for (const [index, tensors] of shards.entries()) {
    const file = `model-0000${index + 1}.safetensors`;
    await writeTensors(join(folder, name, file), tensors);
    for (const { described } of tensors) places.push([described.name, file]);
  }
  const index = { metadata: {}, weight_map: Object.fromEntries(places) };
  await writeFile(join(folder, name, 'model.safetensors.index.json'), JSON.stringify(index));
}

const pair = (tuned: string) => ({ base: join(folder, 'base'), tuned: join(folder, tuned) });
const quiet = (): void => undefined;

describe('the difference of two model folders', () => {
  it.each(['tuned', 'sharded'])(
    'has the spectra that numpy finds, and the norm of each base weight (%s)',
    async (name) => {
      const progress = vi.fn<(progress: ModuleProgress<{ name: string }>) => void>();
      const { modules, warnings } = await modelDifference(pair(name), progress);
      expect(warnings).toEqual([]);
      expect(modules.map(({ layer, module }) => [layer, module])).toEqual([
        [0, 'q_proj'],
        [1, 'up_proj'],
        [1, 'down_proj'],
      ]);
      for (const [index, module] of modules.entries()) {
        const { rows, cols, singularValues } = cases[index]!;
        expect(module).toMatchObject({ dOut: rows, dIn: cols, method: 'full', rankBound: Math.min(rows, cols) });
        // The weights are stored as float32: each entry of ΔW carries its rounding.
        module.singularValues.forEach((sigma, i) => expect(Math.abs(sigma - singularValues[i]!)).toBeLessThan(2e-5));
        expect(module.baseNorm).toBeCloseTo(Math.hypot(...formulaMatrix(1, rows, cols)), 4);
        expect(module).not.toHaveProperty('residual');
      }
      expect(progress.mock.calls.flatMap(([{ found }]) => found.map((module) => module.name))).toEqual([Q, UP, DOWN]);
      const last = progress.mock.lastCall![0];
      expect(last.done).toBe(last.total);
    },
  );

  it('goes through layers and modules in the order of the model, and tells experts apart', async () => {
    const { modules } = await modelDifference({ base: join(folder, 'mixture'), tuned: join(folder, 'mixture') }, quiet);
    expect(modules.map(({ layer, module }) => `${layer} ${module}`)).toEqual([
      ...['2 mlp.up_proj', '10 q_proj', '10 mlp.experts.0.up_proj', '10 mlp.experts.1.up_proj', '10 down_proj'],
    ]);
  });

  it('tells the two c_proj of a layer of GPT-2 apart, each in its place', async () => {
    const { modules } = await modelDifference({ base: join(folder, 'gpt2'), tuned: join(folder, 'gpt2') }, quiet);
    expect(modules.map(({ layer, module }) => `${layer} ${module}`)).toEqual([
      ...['3 c_attn', '3 attn.c_proj', '3 c_fc', '3 mlp.c_proj'],
    ]);
  });

  it('with itself is zero everywhere', async () => {
    const { modules } = await modelDifference(pair('base'), quiet);
    for (const module of modules) expect(module).toMatchObject({ effectiveRank: 0, stableRank: 0, frobenius: 0 });
  });

  it('says what the format of the tuned weights rounds away', async () => {
    const { modules, warnings } = await modelDifference(pair('half'), quiet);
    expect(warnings.join()).toMatch(/BF16, which rounds each weight/);
    // 8 bits of a number below 1 leave an error below 2⁻⁷ of it.
    expect(modules[0]!.frobenius).toBeGreaterThan(0);
    expect(modules[0]!.frobenius).toBeLessThan(modules[0]!.baseNorm! * 2 ** -7);
  });

  it('leaves out and names what does not fit, is absent or not finite', async () => {
    const other = await modelDifference(pair('other'), quiet);
    expect(other.modules.map(({ name }) => name)).toEqual([UP]);
    expect(other.warnings.join('\n')).toMatch(/lacks "model\.layers\.1\.mlp\.down_proj\.weight"/);
    expect(other.warnings.join('\n')).toMatch(/in another shape "model\.layers\.0\.self_attn\.q_proj\.weight"/);
    const infinite = await modelDifference(pair('infinite'), quiet);
    expect(infinite.modules.map(({ name }) => name)).toEqual([UP, DOWN]);
    expect(infinite.warnings.join('\n')).toMatch(/q_proj are left out: it has values that are not finite/);
  });

  it('refuses folders without a common layer or without weights, in one sentence', async () => {
    await writeModel('alien', [tensor('model.layers.0.mlp.fc', [4, 4], formulaMatrix(1, 4, 4))]);
    await expect(modelDifference(pair('alien'), quiet)).rejects.toThrow(/no linear layer with the name and shape/);
    await expect(modelDifference(pair('nowhere'), quiet)).rejects.toThrow(/nowhere/);
  });

  it('stops between two modules when it is cancelled', async () => {
    const controller = new AbortController();
    const cancelled = modelDifference(pair('tuned'), () => controller.abort(new Error('enough')), controller.signal);
    await expect(cancelled).rejects.toThrow('enough');
  });
});

describe('what is known with the base at hand', () => {
  it('is how many directions of the tuned weights are new, as numpy finds them', async () => {
    const source = { kind: 'difference', ...pair('tuned') } as const;
    const { modules } = await intruders({ source, modules: [UP, Q], top: 12 }, quiet);
    expect(modules.map(({ name }) => name)).toEqual([UP, Q]);
    for (const { name, cosines } of modules) {
      const expected = cases[name === Q ? 0 : 1]!.cosines;
      cosines.forEach((cosine, j) => expect(cosine).toBeCloseTo(expected[j]!, 3));
    }
    await expect(intruders({ source, modules: ['model.norm'], top: 10 }, quiet)).rejects.toThrow(
      /not among the modules/,
    );
    await expect(intruders({ source, modules: null, top: 0 }, quiet)).rejects.toThrow(/choose 1 to/);
  });

  it('is the norm of each weight, unless they are more than may be read', async () => {
    const source = { kind: 'difference', ...pair('tuned') } as const;
    const { norms, bytes } = await baseNorms({ source, limit: null }, quiet);
    expect(bytes).toBe(4 * (24 * 24 + 2 * 20 * 36));
    expect(norms.find(({ name }) => name === Q)!.norm).toBeCloseTo(Math.hypot(...formulaMatrix(1, 24, 24)), 4);
    expect(await baseNorms({ source, limit: bytes - 1 }, quiet)).toEqual({ norms: [], bytes });
  });
});
