import { gguf } from '@huggingface/gguf';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../../../src/config/userError';
import { moraStructure } from '../../../../src/engine/adapters/mora/moraStructure';
import { exportAdapter } from '../../../../src/engine/export/exportAdapter';
import { openGguf } from '../../../../src/engine/export/gguf/ggufFile';
import type { ExportParams, ExportReport } from '../../../../src/engine/rpc/export';
import { readSafetensors } from '../../../support/safetensors';
import { oracleFloats } from '../../../support/oracleBatch';
import { readOracleCase } from '../../../support/oracleCase';
import { EMBEDDED_MODEL, temporaryFolder } from '../../checkpoint/adapters';
import { fixture, oracleAdapter, randomAdapter } from '../source';

async function run(
  adapter: string,
  params: Partial<ExportParams> & Pick<ExportParams, 'format'>,
  signal = new AbortController().signal,
): Promise<ExportReport> {
  const out = join(await temporaryFolder(), 'exported');
  return exportAdapter({ adapter, out, ...params }, () => undefined, signal);
}

const rotation = (layer: { dIn: number; dOut: number }) => moraStructure({ ...layer, rank: 8, type: 6 });
const sharing = (layer: { dIn: number; dOut: number }) => moraStructure({ ...layer, rank: 8, type: 1 });

describe('a merged model as GGUF', () => {
  it.each(['mora1', 'mora6', 'lora'])('of %s has W + ΔW of PyTorch, rounded once', async (name) => {
    const { out, logits, warnings, bytes } = await run(await oracleAdapter('llama', name), { format: 'gguf' });
    expect((await readdir(out)).sort()).toEqual(['README.md', 'model-f16.gguf']);
    expect(bytes).toBeGreaterThan(0);
    const oracle = readOracleCase('llama');
    const base = readSafetensors(join(fixture('llama'), 'model.safetensors'));
    const file = await openGguf(join(out, 'model-f16.gguf'));
    // A matrix whose rows stay in order.
    const source = 'model.layers.1.mlp.down_proj';
    const found = await file.readFloat32('blk.1.ffn_down.weight');
    await file.close();
    const before = base.get(`${source}.weight`)!.values as Float32Array;
    const delta = oracleFloats(oracle, `${name}/delta/${source}`);
    before.forEach((value, i) => {
      const expected = value + delta[i]!;
      expect(Math.abs(found[i]! - expected)).toBeLessThanOrEqual(2 ** -11 * Math.abs(expected) + 3e-7);
    });
    expect(logits.difference).toBeLessThan(logits.bound!);
    expect(logits.difference).toBeGreaterThan(0);
    expect(logits.bound).toBeCloseTo(12 * Math.sqrt(2) * 2 ** -11 * logits.scale, 10);
    expect(logits.reason).toBe('each weight is rounded once to float16');
    expect(warnings[0]).toMatch(/has no tokenizer\.json/);
  });

  it('is exact where asked for float32', async () => {
    const { out, logits } = await run(await oracleAdapter('gemma3', 'mora6'), { format: 'gguf', dtype: 'float32' });
    expect(logits.difference).toBeLessThan(1e-5 * logits.scale);
    const { metadata } = await gguf(join(out, 'model-f32.gguf'), { allowLocalFile: true });
    expect(metadata['general.file_type' as keyof typeof metadata]).toBe(0);
  });

  it('keeps the bits of a bfloat16 model where asked for bfloat16', async () => {
    const adapter = await randomAdapter(EMBEDDED_MODEL, rotation, 0.02);
    const { out } = await run(adapter, { format: 'gguf', dtype: 'bfloat16' });
    const file = await openGguf(join(out, 'model-bf16.gguf'));
    const embedding = await file.readFloat32('token_embd.weight');
    await file.close();
    // bfloat16 is the upper half of float32; the adapter leaves the embedding as it is.
    const stored = new Uint32Array(embedding.buffer);
    expect(stored.every((bits) => (bits & 0xffff) === 0)).toBe(true);
    const weights = await readFile(join(EMBEDDED_MODEL, 'model.safetensors'));
    const header = JSON.parse(weights.subarray(8, 8 + Number(weights.readBigUInt64LE(0))).toString()) as Record<
      string,
      { data_offsets: [number, number] }
    >;
    const [from, to] = header['model.embed_tokens.weight']!.data_offsets;
    const data = weights.subarray(8 + Number(weights.readBigUInt64LE(0)));
    for (let i = 0; i < (to - from) / 2; i += 997) expect(stored[i]! >>> 16).toBe(data.readUInt16LE(from + 2 * i));
  });

  it('of the embedded model has its tokenizer and says how to run it', async () => {
    const { out, warnings } = await run(await randomAdapter(EMBEDDED_MODEL, rotation, 0.02), { format: 'gguf' });
    expect(warnings).toEqual([]);
    const { metadata } = await gguf(join(out, 'model-f16.gguf'), { allowLocalFile: true });
    expect(metadata).toMatchObject({
      'general.name': expect.stringMatching(/^tiny-llama-3m with /) as unknown,
      'tokenizer.ggml.model': 'gpt2',
      'tokenizer.ggml.pre': 'gpt-2',
    });
    expect(await readFile(join(out, 'README.md'), 'utf8')).toContain('llama-cli -m model-f16.gguf');
  });

  it('is refused, with nothing left, for a model that llama.cpp computes otherwise', async () => {
    const out = join(await temporaryFolder(), 'exported');
    const exporting = run(await oracleAdapter('smollm3', 'mora1'), { format: 'gguf', out });
    await expect(exporting).rejects.toThrow(UserError);
    await expect(exporting).rejects.toThrow(/other layers without rotary embedding .* use --format merged\.$/);
    expect(await readdir(dirname(out))).toEqual([]);
  });

  it('leaves nothing when it is aborted', async () => {
    const out = join(await temporaryFolder(), 'exported');
    const abort = new AbortController();
    const adapter = await oracleAdapter('llama', 'mora1');
    const exporting = exportAdapter(
      { adapter, out, format: 'gguf' },
      ({ activity }) => activity === 'reading back' && abort.abort(new Error('enough')),
      abort.signal,
    );
    await expect(exporting).rejects.toThrow('enough');
    expect(await readdir(dirname(out))).toEqual([]);
  });
});

describe('an adapter alone as GGUF', () => {
  it.each(['mora1', 'mora2', 'mora3', 'mora4', 'lora'])('%s gives the logits of base plus adapter', async (name) => {
    const { out, logits, warnings } = await run(await oracleAdapter('llama', name), { format: 'gguf-lora' });
    expect((await readdir(out)).sort()).toEqual(['README.md', 'adapter.gguf']);
    expect(logits.difference).toBeLessThan(1e-5 * logits.scale);
    expect(logits.adapterEffect).toBeGreaterThan(100 * logits.difference);
    expect(warnings).toEqual([]);
  });

  it('of the embedded model is as large as its factors', async () => {
    const { bytes, logits } = await run(await randomAdapter(EMBEDDED_MODEL, sharing, 0.02), { format: 'gguf-lora' });
    expect(bytes).toBeGreaterThan(1e6);
    expect(logits.difference).toBeLessThan(logits.bound!);
  });

  it.each(['mora6', 'full'])('is refused for %s, which is no LoRA', async (name) => {
    await expect(run(await oracleAdapter('llama', name), { format: 'gguf-lora' })).rejects.toThrow(
      /whose ΔW has full rank and is no LoRA; use --format gguf\.$/,
    );
  });
});
