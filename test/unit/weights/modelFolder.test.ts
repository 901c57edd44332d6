import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { UserError } from '../../../src/config/userError';
import { openModelFolder } from '../../../src/engine/weights/modelFolder';
import { writeSafetensors } from '../../../src/engine/weights/safetensorsWriter';
import { temporaryFolder } from './bytes';

const EMBEDDED_MODEL = fileURLToPath(new URL('../../../media/model/tiny-llama-3m', import.meta.url));

const f32 = (shape: number[]) => ({
  dtype: 'F32' as const,
  shape,
  data: new Float32Array(shape.reduce((a, b) => a * b, 1)),
});

async function folderWith(files: Record<string, string>): Promise<string> {
  const folder = await temporaryFolder();
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
  return folder;
}

test('the embedded model has its 3.15 million parameters', async () => {
  const model = await openModelFolder(EMBEDDED_MODEL);
  let parameters = 0;
  for (const { shape } of model.tensors.values()) parameters += shape.reduce((a, b) => a * b, 1);
  expect(parameters).toBe(3_148_224);
  const embedding = await model.readFloat32('model.embed_tokens.weight');
  expect(embedding.length).toBe(4096 * 192);
  expect(embedding.every(Number.isFinite)).toBe(true);
  expect(model.has('lm_head.weight')).toBe(false);
  await model.close();
});

test('a tensor of the wrong shape names file, tensor and both shapes', async () => {
  const model = await openModelFolder(EMBEDDED_MODEL);
  const name = 'model.layers.0.self_attn.q_proj.weight';
  expect(model.requireTensor(name, [192, 192]).dtype).toBe('BF16');
  expect(() => model.requireTensor(name, [192, 64])).toThrow(
    /model\.safetensors: tensor "model\.layers\.0\.self_attn\.q_proj\.weight" has shape \[192, 192\], expected \[192, 64\] by config\.json/,
  );
  expect(() => model.requireTensor('lm_head.weight', [1])).toThrow(/no tensor "lm_head\.weight"/);
  await model.close();
});

test('shards are read by their index', async () => {
  const folder = await folderWith({
    'model.safetensors.index.json': JSON.stringify({
      weight_map: { a: 'model-00001-of-00002.safetensors', b: 'model-00002-of-00002.safetensors' },
    }),
  });
  await writeSafetensors(join(folder, 'model-00001-of-00002.safetensors'), new Map([['a', f32([2, 3])]]));
  await writeSafetensors(
    join(folder, 'model-00002-of-00002.safetensors'),
    new Map([
      ['b', f32([4])],
      ['c', f32([1])],
    ]),
  );
  const model = await openModelFolder(folder);
  expect([...model.tensors.keys()]).toEqual(['a', 'b']);
  expect(model.shape('a')).toEqual([2, 3]);
  expect((await model.readFloat32('b')).length).toBe(4);
  await model.close();
});

test.each([
  '../secret.safetensors',
  '/etc/x.safetensors',
  'a/b.safetensors',
  'a\\b.safetensors',
  'C:x.safetensors',
  '..',
  'a\u0000.safetensors',
  'model.bin',
  '',
  5,
])('an index that points to %j is refused', async (shard) => {
  const folder = await folderWith({ 'model.safetensors.index.json': JSON.stringify({ weight_map: { a: shard } }) });
  await expect(openModelFolder(folder)).rejects.toThrow(/index\.json: tensor "a" is said to be in .* not the name of/);
});

test('a name of 20,000 characters and lines does not fill the message about it', async () => {
  const name = 'x\n'.repeat(10_000);
  const folder = await folderWith({ 'model.safetensors.index.json': JSON.stringify({ weight_map: { [name]: name } }) });
  const error: unknown = await openModelFolder(folder).catch((reason: unknown) => reason);
  expect((error as Error).message.replace(folder, '')).toMatch(/^.{200,700}$/);
});

test('an index of ten thousand and one shards is refused before any is opened', async () => {
  const map = Object.fromEntries(Array.from({ length: 10_001 }, (_, i) => [`t${i}`, `s${i}.safetensors`]));
  const folder = await folderWith({ 'model.safetensors.index.json': JSON.stringify({ weight_map: map }) });
  await expect(openModelFolder(folder)).rejects.toThrow(/names 10001 files, more than the 10000/);
});

test('an index that places a tensor in a shard without it is refused', async () => {
  const folder = await folderWith({
    'model.safetensors.index.json': JSON.stringify({ weight_map: { a: 's.safetensors' } }),
  });
  await writeSafetensors(join(folder, 's.safetensors'), new Map([['b', f32([1])]]));
  await expect(openModelFolder(folder)).rejects.toThrow(/places tensor "a" in s\.safetensors, which lacks it/);
});

describe('weights that cannot be trained on are refused in one sentence', () => {
  const cases: [name: string, files: Record<string, string>, message: RegExp][] = [
    ['pickled', { 'pytorch_model.bin': '' }, /only pickled PyTorch weights/],
    ['GGUF', { 'model.Q4_K_M.gguf': '' }, /has GGUF weights/],
    ['an adapter', { 'adapter_config.json': '{}' }, /is an adapter, not a model; give the folder of its base model/],
    ['empty', {}, /has no model\.safetensors/],
    [
      'GPTQ',
      { 'config.json': '{"quantization_config": {"quant_method": "gptq"}}' },
      /config\.json: the weights are quantised \(gptq\)/,
    ],
    ['no map', { 'model.safetensors.index.json': '{"weight_map": []}' }, /has no "weight_map"/],
    ['broken index', { 'model.safetensors.index.json': '{' }, /index\.json: is not valid JSON/],
  ];
  test.each(cases)('%s', async (_, files, message) => {
    const error: unknown = await openModelFolder(await folderWith(files)).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).message).toMatch(message);
  });

  test('quantised by its tensors', async () => {
    const folder = await temporaryFolder();
    await writeSafetensors(
      join(folder, 'model.safetensors'),
      new Map([['model.layers.0.self_attn.q_proj.qweight', f32([1])]]),
    );
    await expect(openModelFolder(folder)).rejects.toThrow(/quantised \(GPTQ or AWQ, tensor "model\.layers\.0/);
  });

  test('a folder that does not exist', async () => {
    await expect(openModelFolder(join(await temporaryFolder(), 'none'))).rejects.toThrow(/none: does not exist/);
  });
});
