import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { moraStructure } from '../../../src/engine/adapters/mora/moraStructure';
import { writeAdapter } from '../../../src/engine/checkpoint/adapterFolder';
import { exportAdapter } from '../../../src/engine/export/exportAdapter';
import { CachedDecoder } from '../../../src/engine/inference/cachedDecoder';
import { modelStore } from '../../../src/engine/inference/modelStore';
import { decoderLinears } from '../../../src/engine/models/decoderConfig';
import { readDecoderConfig } from '../../../src/engine/models/family';
import { logitsProgram } from '../../../src/engine/models/head/headProgram';
import { headInMemory } from '../../../src/engine/models/loadedModel';
import { trainableModelTensors } from '../../../src/engine/models/trainedParts';
import type { ExportParams, ExportReport } from '../../../src/engine/rpc/export';
import { readSafetensors } from '../../support/safetensors';
import { gaussians32, seededRandom } from '../../support/seededRandom';
import { temporaryFolder } from '../checkpoint/adapters';
import { fixture } from './source';

/** An adapter of a run that trained embeddings, head and norms in full beside MoRA. */
async function trainedAdapter(
  family: string,
): Promise<{ adapter: string; trained: ReadonlyMap<string, Float32Array> }> {
  const base = fixture(family);
  const config = await readDecoderConfig(base);
  const random = seededRandom(3);
  const modules = decoderLinears(config).map((linear) => {
    const structure = moraStructure({ dIn: linear.dIn, dOut: linear.dOut, rank: 1, type: 1 });
    const M = gaussians32(structure.parameterCount, random).map((value) => 0.02 * value);
    return { linear, structure, parameters: { M } };
  });
  const weights = readSafetensors(join(base, 'model.safetensors'));
  const trained = trainableModelTensors(config).map(({ name, shape }) => {
    const noise = gaussians32(weights.get(name)!.values.length, random);
    return { name, shape, values: noise.map((value, i) => 0.02 * value + Number(weights.get(name)!.values[i])) };
  });
  const adapter = await temporaryFolder();
  await writeAdapter(adapter, { baseModel: base, layerCount: config.layers, modules, trained });
  return { adapter, trained: new Map(trained.map(({ name, values }) => [name, values])) };
}

async function exported(adapter: string, format: ExportParams['format']): Promise<ExportReport> {
  const out = join(await temporaryFolder(), 'out');
  return exportAdapter({ adapter, out, format }, () => undefined, new AbortController().signal);
}

/** Logits after a prompt, as generation computes them. */
async function logitsOf(family: string, adapter: string | undefined): Promise<Float32Array> {
  return modelStore.use({ model: fixture(family), adapter }, {}, async ({ model, runtime, programs }) => {
    const { hiddenSize, vocabularySize } = model.config;
    const hidden = await new CachedDecoder(runtime, model, programs).start(0, [3, 14, 15, 9, 26]);
    const logits = runtime.tensor(new Float32Array(vocabularySize), [1, vocabularySize]);
    const head = await programs.get('logits 1', () => logitsProgram(model.config, 1));
    await head.run(
      { hidden: runtime.tensor(hidden, [1, hiddenSize]), norm: model.norm, head: headInMemory(model) },
      { logits },
    );
    return logits.data as Float32Array;
  });
}

const distance = (a: Float32Array, b: Float32Array): number => Math.max(...a.map((x, i) => Math.abs(x - b[i]!)));

describe.each(['llama', 'llama3'])('what was trained in full beside an adapter (%s)', (family) => {
  it('stands in the merged model in place of the base’s', async () => {
    const { adapter, trained } = await trainedAdapter(family);
    const { out, logits } = await exported(adapter, 'merged');
    const merged = readSafetensors(join(out, 'model.safetensors'));
    // Two norms a block of two and the last, the embedding, and the head where it is not the embedding.
    expect(trained.size).toBe(family === 'llama' ? 6 : 7);
    for (const [name, values] of trained) expect(merged.get(name)!.values, name).toEqual(values);
    expect(logits.difference).toBeLessThan(logits.bound!);
    expect(logits.adapterEffect).toBeGreaterThan(100 * logits.difference);
  });

  it.each(['mora', 'peft'] as const)('goes with the adapter as --format %s', async (format) => {
    const { adapter, trained } = await trainedAdapter(family);
    const { out, logits, warnings } = await exported(adapter, format);
    const tensors = readSafetensors(join(out, 'adapter_model.safetensors'));
    for (const [name, values] of trained) expect(tensors.get(`base_model.model.${name}`)!.values, name).toEqual(values);
    const config = JSON.parse(await readFile(join(out, 'adapter_config.json'), 'utf8')) as Record<string, unknown>;
    expect(config.modules_to_save).toEqual(expect.arrayContaining(['embed_tokens', 'norm', 'input_layernorm']));
    expect(logits.difference).toBeLessThan(logits.bound!);
    // Checked with PEFT 0.21: it leaves a tied head with the base's embedding unless the head is saved as well.
    expect(tensors.get('base_model.model.lm_head.weight')!.values).toEqual(
      trained.get(family === 'llama' ? 'model.embed_tokens.weight' : 'lm_head.weight'),
    );
    expect(config.modules_to_save).toContain('lm_head');
    expect(config.ensure_weight_tying).toBe(family === 'llama' && format === 'peft' ? true : undefined);
    if (format === 'peft') expect(warnings).toEqual([expect.stringMatching(/vLLM and llama\.cpp refuse that/)]);
  });

  it.each(['mora', 'peft'] as const)(
    'generates with what --format %s wrote as with the adapter itself',
    async (format) => {
      const { adapter } = await trainedAdapter(family);
      const { out } = await exported(adapter, format);
      const direct = await logitsOf(family, adapter);
      // The LoRA adds the same ΔW up in another order.
      expect(distance(await logitsOf(family, out), direct)).toBeLessThanOrEqual(format === 'mora' ? 0 : 1e-5);
      expect(distance(await logitsOf(family, undefined), direct)).toBeGreaterThan(1e-2);
      // And what was exported can be exported again.
      const again = await exported(out, format);
      expect(distance(await logitsOf(family, again.out), direct)).toBeLessThanOrEqual(format === 'mora' ? 0 : 1e-5);
    },
  );

  it('is more than a LoRA of llama.cpp holds', async () => {
    const { adapter } = await trainedAdapter(family);
    await expect(exported(adapter, 'gguf-lora')).rejects.toThrow(
      /trained more than linear layers, .* use --format gguf/,
    );
  });
});
