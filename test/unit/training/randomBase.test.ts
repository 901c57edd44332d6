import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readDecoderConfig } from '../../../src/engine/models/family';
import { loadModel } from '../../../src/engine/models/loadedModel';
import { writeRandomBase } from '../../../src/engine/training/randomBase';
import { openModelFolder } from '../../../src/engine/weights/modelFolder';
import { runtime } from '../../support/evaluateGraph';

const CONFIG = {
  model_type: 'gemma2',
  hidden_size: 64,
  intermediate_size: 96,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  head_dim: 16,
  vocab_size: 500,
  initializer_range: 0.05,
};

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mora-random-'));
  await writeFile(join(folder, 'config.json'), JSON.stringify(CONFIG));
  await writeFile(join(folder, 'tokenizer.json'), '{}');
});
afterEach(() => rm(folder, { recursive: true }));

describe('a model from its config', () => {
  it('is a whole model folder whose matrices are normal with initializer_range', async () => {
    const config = await readDecoderConfig(folder);
    const out = join(folder, 'base');
    await writeRandomBase(config, { source: folder, folder: out, seed: 3 });
    expect((await readdir(out)).sort()).toEqual(['config.json', 'model.safetensors', 'tokenizer.json']);
    const weights = await openModelFolder(out);
    await loadModel(weights, config, runtime, { context: 16 });
    const embedding = await weights.readFloat32('model.embed_tokens.weight');
    const mean = embedding.reduce((sum, value) => sum + value, 0) / embedding.length;
    const deviation = Math.sqrt(embedding.reduce((sum, value) => sum + (value - mean) ** 2, 0) / embedding.length);
    // 32,000 numbers: the deviation's own is 0.4 %.
    expect(Math.abs(mean)).toBeLessThan(0.002);
    expect(deviation / 0.05).toBeCloseTo(1, 1);
    // Gemma stores the difference from 1.
    expect(new Set(await weights.readFloat32('model.norm.weight'))).toEqual(new Set([0]));
    expect(weights.has('lm_head.weight')).toBe(false);
    await weights.close();
  });

  it('depends on the seed, and is not made anew', async () => {
    const config = await readDecoderConfig(folder);
    const bytes = async (name: string, seed: number): Promise<string> => {
      await writeRandomBase(config, { source: folder, folder: join(folder, name), seed });
      return (await readFile(join(folder, name, 'model.safetensors'))).toString('base64');
    };
    const first = await bytes('a', 1);
    expect(await bytes('b', 1)).toBe(first);
    expect(await bytes('c', 2)).not.toBe(first);
    expect(await bytes('a', 2)).toBe(first);
  });
});
