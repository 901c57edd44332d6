import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../../src/config/userError';
import { moraStructure } from '../../../src/engine/adapters/mora/moraStructure';
import { exportAdapter } from '../../../src/engine/export/exportAdapter';
import type { ExportParams, ExportProgress, ExportReport } from '../../../src/engine/rpc/export';
import { openSafetensors } from '../../../src/engine/weights/safetensors';
import { readSafetensors } from '../../support/safetensors';
import { oracleFloats } from '../../support/oracleBatch';
import { readOracleCase } from '../../support/oracleCase';
import { EMBEDDED_MODEL, temporaryFolder } from '../checkpoint/adapters';
import { copiedModel, fixture, oracleAdapter, randomAdapter, writeTensors } from './source';

const never = new AbortController().signal;

async function merge(adapter: string, params: Partial<ExportParams> = {}): Promise<ExportReport> {
  const out = join(await temporaryFolder(), 'merged');
  return exportAdapter({ adapter, out, format: 'merged', ...params }, () => undefined, never);
}

const sharing = (layer: { dIn: number; dOut: number }) => moraStructure({ ...layer, rank: 8, type: 1 });

describe.each([
  ['llama', 'tied'],
  ['llama3', 'untied'],
])('a merged model (%s, %s)', (family) => {
  it.each(['mora1', 'mora6', 'lora', 'full'])('of %s has W + ΔW of PyTorch, and all else as it was', async (name) => {
    const { out, logits, warnings } = await merge(await oracleAdapter(family, name));
    const oracle = readOracleCase(family);
    const base = readSafetensors(join(fixture(family), 'model.safetensors'));
    const merged = readSafetensors(join(out, 'model.safetensors'));
    expect([...merged.keys()]).toEqual([...base.keys()]);
    for (const [tensor, { values }] of base) {
      const module = tensor.replace(/\.weight$/, '');
      const adapted = oracle.adapters.find((adapter) => adapter.name === name)!.modules[module] !== undefined;
      const found = merged.get(tensor)!.values as Float32Array;
      if (!adapted) expect(found, tensor).toEqual(values);
      // PyTorch's ΔW of full fine-tuning shares memory with W, so it is that of after the steps.
      else if (name !== 'full') {
        const delta = oracleFloats(oracle, `${name}/delta/${module}`);
        found.forEach((value, i) => {
          if (Math.abs(value - (values[i] as number) - delta[i]!) > 2e-7) expect.fail(`${tensor} at ${i}`);
        });
      } else expect(found).not.toEqual(values);
    }
    expect(logits.difference).toBeLessThan(logits.bound!);
    expect(logits.bound).toBeCloseTo(1e-4 * logits.scale, 10);
    expect(logits.adapterEffect).toBeGreaterThan(100 * logits.difference);
    expect(warnings).toEqual([]);
    expect((await readdir(out)).sort()).toEqual(
      ['README.md', 'config.json', 'generation_config.json', 'model.safetensors', ...['case.json']].sort(),
    );
    expect(existsSync(`${out}.partial`)).toBe(false);
  });
});

it('keeps the format of each tensor, and rounds once', async () => {
  const { out, logits } = await merge(await randomAdapter(EMBEDDED_MODEL, sharing, 0.02));
  const base = await openSafetensors(join(EMBEDDED_MODEL, 'model.safetensors'));
  const merged = await openSafetensors(join(out, 'model.safetensors'));
  expect([...merged.tensors]).toEqual([...base.tensors]);
  expect(merged.metadata).toEqual(base.metadata);
  await base.close();
  await merged.close();
  expect(logits.reason).toBe('each weight is rounded once to bfloat16');
  expect(logits.difference).toBeGreaterThan(1e-4 * logits.scale);
  expect(logits.difference).toBeLessThan(logits.bound!);
  expect(logits.adapterEffect).toBeGreaterThan(10 * logits.difference);
  // The tokenizer and its template come along; the text in the test sequences needs them.
  for (const name of ['tokenizer.json', 'tokenizer_config.json', 'chat_template.jinja']) {
    expect(await readFile(join(out, name))).toEqual(await readFile(join(EMBEDDED_MODEL, name)));
  }
  expect(await readFile(join(out, 'README.md'), 'utf8')).toMatch(/each weight is rounded once to bfloat16/);
});

it.each([
  ['float32', 'F32', 1e-4],
  // The embedded model has six layers.
  ['float16', 'F16', 12 * Math.sqrt(6) * 2 ** -11],
] as const)('writes all weights as %s when asked to, and says so in config.json', async (dtype, stored, tolerance) => {
  const { out, logits } = await merge(await randomAdapter(EMBEDDED_MODEL, sharing, 0.02), { dtype });
  const merged = await openSafetensors(join(out, 'model.safetensors'));
  expect(new Set([...merged.tensors.values()].map((entry) => entry.dtype))).toEqual(new Set([stored]));
  await merged.close();
  const config = JSON.parse(await readFile(join(out, 'config.json'), 'utf8')) as Record<string, unknown>;
  const before = JSON.parse(await readFile(join(EMBEDDED_MODEL, 'config.json'), 'utf8')) as Record<string, unknown>;
  const key = 'dtype' in before ? 'dtype' : 'torch_dtype';
  expect(config).toEqual({ ...before, [key]: dtype });
  expect(logits.bound! / logits.scale).toBeCloseTo(tolerance, 10);
});

it('changes nothing else in config.json: transformers takes 30.0 for a float, but not 30', async () => {
  const { out } = await merge(await oracleAdapter('gemma2', 'mora1'), { dtype: 'float16' });
  const before = await readFile(join(fixture('gemma2'), 'config.json'), 'utf8');
  expect(before).toContain('"final_logit_softcapping": 30.0');
  expect(await readFile(join(out, 'config.json'), 'utf8')).toBe(before.replace('"float32"', '"float16"'));
});

/** The tiny model in two shards, the last tensor of the second not floating point. */
async function shardedModel(): Promise<string> {
  return copiedModel(fixture('llama3'), async (folder) => {
    const tensors = [...readSafetensors(join(folder, 'model.safetensors'))].map(([name, { shape, values }]) => ({
      name,
      dtype: 'F32',
      shape,
      bytes: new Uint8Array(values.buffer),
    }));
    tensors.push({ name: 'steps', dtype: 'I64', shape: [1], bytes: new Uint8Array(8).fill(1) });
    const half = Math.floor(tensors.length / 2);
    const shards = {
      'model-00001-of-00002.safetensors': tensors.slice(0, half),
      'model-00002-of-00002.safetensors': tensors.slice(half),
    };
    await rm(join(folder, 'model.safetensors'));
    const map: Record<string, string> = {};
    for (const [shard, own] of Object.entries(shards)) {
      await writeTensors(join(folder, shard), own);
      for (const { name } of own) map[name] = shard;
    }
    const index = { metadata: { total_size: 1, total_parameters: 7 }, weight_map: map };
    await writeFile(join(folder, 'model.safetensors.index.json'), JSON.stringify(index));
  });
}

it('keeps the shards and their index', async () => {
  const model = await shardedModel();
  const { out } = await merge(await oracleAdapter('llama3', 'mora1', model), { dtype: 'bfloat16' });
  const read = async (folder: string): Promise<{ metadata: Record<string, unknown>; weight_map: unknown }> =>
    JSON.parse(await readFile(join(folder, 'model.safetensors.index.json'), 'utf8')) as Awaited<
      ReturnType<typeof read>
    >;
  const [before, after] = [await read(model), await read(out)];
  expect(after.weight_map).toEqual(before.weight_map);
  let size = 0;
  for (const shard of ['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors']) {
    const [base, merged] = [await openSafetensors(join(model, shard)), await openSafetensors(join(out, shard))];
    expect(new Set(merged.tensors.keys())).toEqual(new Set(base.tensors.keys()));
    for (const [name, { dtype, start, end }] of merged.tensors) {
      expect(dtype).toBe(name === 'steps' ? 'I64' : 'BF16');
      size += end - start;
    }
    await base.close();
    await merged.close();
  }
  expect(after.metadata).toEqual({ total_size: size, total_parameters: 7 });
});

it('does not write the head of a tied model, even where the base stores a copy of it', async () => {
  const model = await copiedModel(fixture('llama'), async (folder) => {
    const file = join(folder, 'model.safetensors');
    const tensors = [...readSafetensors(file)].map(([name, { shape, values }]) => ({
      ...{ name, dtype: 'F32', shape, bytes: new Uint8Array(values.buffer) },
    }));
    const embedding = tensors.find(({ name }) => name === 'model.embed_tokens.weight')!;
    await writeTensors(file, [...tensors, { ...embedding, name: 'lm_head.weight' }]);
  });
  const { out } = await merge(await oracleAdapter('llama', 'mora1', model));
  expect(readSafetensors(join(out, 'model.safetensors')).has('lm_head.weight')).toBe(false);
});

describe('files beside the weights', () => {
  it('are copied but for weights in other formats, hidden files, adapters and folders', async () => {
    const model = await copiedModel(fixture('llama'), async (folder) => {
      for (const name of ['pytorch_model.bin', 'x.pt', 'model.gguf', '.gitattributes', 'README.md']) {
        await writeFile(join(folder, name), 'x');
      }
      await mkdir(join(folder, '.git'));
      await mkdir(join(folder, 'onnx'));
      await writeFile(join(folder, 'LICENSE'), 'free');
      await symlink('LICENSE', join(folder, 'COPYING'));
    });
    const { out } = await merge(await oracleAdapter('llama', 'mora1', model));
    expect(await readdir(out)).toEqual(expect.arrayContaining(['LICENSE', 'COPYING', 'config.json']));
    expect(await readFile(join(out, 'README.md'), 'utf8')).not.toBe('x');
    for (const name of ['pytorch_model.bin', 'x.pt', 'model.gguf', '.gitattributes', '.git', 'onnx']) {
      expect(existsSync(join(out, name)), name).toBe(false);
    }
  });

  it('are refused when a link leads out of the folder', async () => {
    const model = await copiedModel(fixture('llama'), async (folder) => {
      await writeFile(join(dirname(folder), 'secret'), 'x');
      await symlink('../secret', join(folder, 'tokenizer.model'));
    });
    const adapter = await oracleAdapter('llama', 'mora1', model);
    await expect(merge(adapter)).rejects.toThrow(/tokenizer\.model: is a link that leads out of the model's folder/);
  });

  it('are followed into the blobs of a hub cache', async () => {
    const cache = await temporaryFolder();
    const snapshot = join(cache, 'snapshots', 'abc');
    await mkdir(join(cache, 'blobs'));
    await mkdir(snapshot, { recursive: true });
    for (const name of ['config.json', 'model.safetensors']) {
      await writeFile(join(cache, 'blobs', `blob-${name}`), await readFile(join(fixture('llama'), name)));
      await symlink(`../../blobs/blob-${name}`, join(snapshot, name));
    }
    const { out } = await merge(await oracleAdapter('llama', 'mora1', snapshot));
    expect(await readFile(join(out, 'config.json'))).toEqual(await readFile(join(fixture('llama'), 'config.json')));
  });
});

describe('what cannot be merged is refused in one sentence, and nothing is left behind', () => {
  const refused = async (
    params: Partial<ExportParams> & { adapter: string },
  ): Promise<{ message: string; left: string[] }> => {
    const folder = await temporaryFolder();
    const error: unknown = await merge(params.adapter, { out: join(folder, 'out'), ...params }).catch(
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(UserError);
    return { message: (error as UserError).message, left: await readdir(folder) };
  };

  it('a folder with content', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'mine'), 'x');
    const { message } = await refused({ adapter: await oracleAdapter('llama', 'mora1'), out: folder });
    expect(message).toMatch(/is not empty, and nothing in it is overwritten/);
    expect(await readdir(folder)).toEqual(['mine']);
  });

  it('beside what an earlier export left unfinished', async () => {
    const out = join(await temporaryFolder(), 'out');
    await mkdir(`${out}.partial`);
    const { message } = await refused({ adapter: await oracleAdapter('llama', 'mora1'), out });
    expect(message).toMatch(/out\.partial: is what an earlier export left unfinished/);
  });

  it('a model folder in place of an adapter', async () => {
    const { message, left } = await refused({ adapter: fixture('llama') });
    expect(message).toMatch(/is no adapter; give an adapter folder, a checkpoint or a run/);
    expect(left).toEqual([]);
  });

  it('an adapter whose base is not here', async () => {
    const { message } = await refused({
      adapter: await oracleAdapter('llama', 'mora1', fixture('llama')),
      model: '/nowhere',
    });
    expect(message).toMatch(/\/nowhere: there is no config\.json/);
  });

  it('an adapter of another model', async () => {
    const { message } = await refused({ adapter: await oracleAdapter('llama', 'mora1'), model: EMBEDDED_MODEL });
    expect(message).toMatch(/use the adapter's own base model/);
  });

  it('numbers too large for float16', async () => {
    const adapter = await randomAdapter(EMBEDDED_MODEL, sharing, 1e5);
    const { message, left } = await refused({ adapter, dtype: 'float16' });
    expect(message).toMatch(
      /entry \d+ of tensor "model\.layers\.0\.[^"]+" is -?\d+[^,]*, too large for F16; give --dtype/,
    );
    expect(left).toEqual([]);
  });
});

it('an empty folder is filled', async () => {
  const out = await temporaryFolder();
  await merge(await oracleAdapter('llama', 'mora1'), { out });
  expect(await readdir(out)).toContain('model.safetensors');
});

it('says when rounding drowns what was learned', async () => {
  const { warnings } = await merge(await randomAdapter(EMBEDDED_MODEL, sharing, 1e-5));
  expect(warnings).toEqual([expect.stringMatching(/Rounding moves the logits by .* --dtype float32 keeps it/)]);
});

it('tells how far it is, and leaves nothing when it is cancelled', async () => {
  const adapter = await oracleAdapter('llama', 'mora1');
  const told: ExportProgress[] = [];
  const folder = await temporaryFolder();
  const params: ExportParams = { adapter, out: join(folder, 'out'), format: 'merged' };
  await exportAdapter(params, (progress) => told.push(progress), never);
  for (const activity of ['writing', 'reading back', 'comparing'] as const) {
    const own = told.filter((progress) => progress.activity === activity);
    expect(own.length, activity).toBeGreaterThan(0);
    expect(own.every(({ done, total }) => done <= total)).toBe(true);
    expect(own.some(({ done, total }) => done === total)).toBe(true);

    const controller = new AbortController();
    const cancelled = { ...params, out: join(folder, activity) };
    const stop = (progress: ExportProgress): void => {
      if (progress.activity === activity) controller.abort();
    };
    await expect(exportAdapter(cancelled, stop, controller.signal)).rejects.toMatchObject({ name: 'AbortError' });
  }
  expect(await readdir(folder)).toEqual(['out']);
});
