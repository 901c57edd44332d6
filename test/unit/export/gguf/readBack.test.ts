import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../../../src/config/userError';
import { compareLogits } from '../../../../src/engine/export/compareLogits';
import { architectureOf } from '../../../../src/engine/export/gguf/architecture';
import { openGgufModel } from '../../../../src/engine/export/gguf/ggufModel';
import { logitsOf } from '../../../../src/engine/export/logits';
import { readDecoderConfig } from '../../../../src/engine/models/family';
import { openModelFolder } from '../../../../src/engine/weights/modelFolder';
import { oracleFloats } from '../../../support/oracleBatch';
import { readOracleCase } from '../../../support/oracleCase';
import { temporaryFolder } from '../../weights/bytes';
import { exportFolder, oracleFolder } from './families';

/** Every family but smollm3, whose two layers of the oracle llama.cpp would compute otherwise. */
const FAMILIES = ['llama', 'llama3', 'mistral', 'qwen2', 'qwen3', 'phi3', 'gemma2', 'gemma3', 'olmo2'];

/** Rounding to 11 bits, 2⁻¹¹ a weight, through two layers; the largest of many logits is some deviations out. */
const BOUND = 8 * 2 ** -11;

describe.each(FAMILIES)('%s read back from its GGUF file', (family) => {
  it('has the tensors of its folder, rounded once', async () => {
    const folder = oracleFolder(family);
    const config = await readDecoderConfig(folder);
    const file = join(await temporaryFolder(), 'model.gguf');
    const { notes } = await exportFolder(folder, file);
    expect(notes.some((note) => note.includes('no tokenizer.json'))).toBe(true);
    const model = await openGgufModel(file, config, architectureOf(config.family)!);
    const original = await openModelFolder(folder);
    for (const [name, { shape }] of original.tensors) {
      if (name === 'lm_head.weight' && config.tied) continue;
      const [before, after] = [await original.readFloat32(name), await model.readFloat32(name)];
      expect(model.requireTensor(name, shape).shape).toEqual(shape);
      const furthest = before.reduce((most, value, i) => {
        const allowed = shape.length === 1 ? 2 ** -23 : Math.max(2 ** -11 * Math.abs(value), 2 ** -25);
        return Math.max(most, Math.abs(value - after[i]!) / allowed);
      }, 0);
      expect(furthest, name).toBeLessThanOrEqual(1);
    }
    await original.close();
    await model.close();
  });

  it('gives the logits of PyTorch within that rounding', async () => {
    const oracle = readOracleCase(family);
    const folder = oracleFolder(family);
    const config = await readDecoderConfig(folder);
    const file = join(await temporaryFolder(), 'model.gguf');
    await exportFolder(folder, file);
    const weights = await openGgufModel(file, config, architectureOf(config.family)!);
    const positions = Array.from(oracle.tensors.get('position_ids')!.values as BigInt64Array, Number);
    const tokens = Int32Array.from(oracle.tensors.get('input_ids')!.values as BigInt64Array, Number);
    // The first example of the packed batch, by itself.
    const length = positions.indexOf(0, 1);
    const [found = []] = await logitsOf({ config, weights }, [[]], [tokens.slice(0, length)]);
    await weights.close();
    const expected = oracleFloats(oracle, 'logits').slice(0, length * config.vocabularySize);
    const { largest, scale } = compareLogits([expected], found, config.vocabularySize);
    expect(largest / scale).toBeLessThan(BOUND);
    expect(largest).toBeGreaterThan(0);
  });
});

it('a file of another model is refused by name and shape', async () => {
  const file = join(await temporaryFolder(), 'model.gguf');
  await exportFolder(oracleFolder('llama'), file);
  const config = await readDecoderConfig(oracleFolder('mistral'));
  const model = await openGgufModel(file, config, architectureOf(config.family)!);
  expect(() => model.requireTensor('lm_head.weight', [96, 40])).toThrow(UserError);
  expect(() => model.requireTensor('model.layers.0.self_attn.q_proj.weight', [48, 40])).toThrow(
    /tensor "blk\.0\.attn_q\.weight" has shape \[40, 40\], not \[48, 40\]/,
  );
  await model.close();
});
