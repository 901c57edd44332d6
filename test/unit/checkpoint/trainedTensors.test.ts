import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loraStructure } from '../../../src/engine/adapters/lora/loraStructure';
import { readAdapter, writeAdapter } from '../../../src/engine/checkpoint/adapterFolder';
import type { AdapterState } from '../../../src/engine/checkpoint/adapterState';

const linear = { layer: 0, module: 'q_proj', name: 'model.layers.0.self_attn.q_proj', dIn: 4, dOut: 6 };
const structure = loraStructure({ ...linear, rank: 2, alpha: 4 });
const embeddings = {
  name: 'model.embed_tokens.weight',
  shape: [3, 4],
  values: Float32Array.from({ length: 12 }, (_, i) => i / 7),
};
const norm = { name: 'model.layers.0.input_layernorm.weight', shape: [4], values: Float32Array.of(1, 2, 3, 4) };
const state: AdapterState = {
  baseModel: 'base',
  layerCount: 1,
  modules: [{ linear, structure, parameters: { A: new Float32Array(8).fill(1), B: new Float32Array(12).fill(2) } }],
  trained: [embeddings, norm],
};

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mora-trained-'));
  await writeAdapter(folder, state);
});
afterEach(() => rm(folder, { recursive: true }));

describe('an adapter with tensors of the model trained in full', () => {
  it('names them as PEFT does and reads them back', async () => {
    const config = JSON.parse(await readFile(join(folder, 'adapter_config.json'), 'utf8')) as Record<string, unknown>;
    expect(config.modules_to_save).toEqual(['embed_tokens', 'input_layernorm']);
    const { trained } = await readAdapter(folder, [linear], [embeddings, norm]);
    expect(trained).toEqual(
      new Map([
        [embeddings.name, embeddings.values],
        [norm.name, norm.values],
      ]),
    );
  });

  it('is refused where they cannot be used, and where they are of another model', async () => {
    await expect(readAdapter(folder, [linear])).rejects.toThrow(
      /embed_tokens.weight" is no adapter of a linear layer, and cannot be used here/,
    );
    await expect(readAdapter(folder, [linear], [{ ...embeddings, shape: [4, 4] }, norm])).rejects.toThrow(
      /"model.embed_tokens.weight" is \[3, 4\], but the model's is \[4, 4\]/,
    );
  });

  describe('of which one is tied to another', () => {
    const head = { ...embeddings, name: 'lm_head.weight' };
    const trainable = [{ ...embeddings, tied: head.name }, norm];

    it('may hold both under their names, as PEFT wants it, when they are one', async () => {
      await writeAdapter(folder, { ...state, trained: [embeddings, norm, head] });
      const { trained } = await readAdapter(folder, [linear], trainable);
      expect([...trained.keys()]).toEqual([embeddings.name, norm.name]);
    });

    it('is refused when they differ in a bit, or only the other is there', async () => {
      const values = head.values.with(0, -0);
      await writeAdapter(folder, { ...state, trained: [embeddings, norm, { ...head, values }] });
      await expect(readAdapter(folder, [linear], trainable)).rejects.toThrow(
        /"lm_head.weight" is not "model.embed_tokens.weight", but the model ties them into one/,
      );
      await writeAdapter(folder, { ...state, trained: [norm, head] });
      await expect(readAdapter(folder, [linear], trainable)).rejects.toThrow(
        /"lm_head.weight" comes without "model.embed_tokens.weight", but the model ties them/,
      );
    });
  });
});
