import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { UserError } from '../../../src/config/userError';
import { moraStructure } from '../../../src/engine/adapters/mora/moraStructure';
import { readAdapter, writeAdapter } from '../../../src/engine/checkpoint/adapterFolder';
import type { AdapterState } from '../../../src/engine/checkpoint/adapterState';
import { openSafetensors } from '../../../src/engine/weights/safetensors';
import {
  foreignAdapter,
  fullState,
  LINEARS,
  loraState,
  moduleOf,
  moraState,
  square,
  temporaryFolder,
  values,
} from './adapters';

// The keys that the official code (a fork of PEFT 0.9) was seen to write.
const FORK_KEYS =
  'alpha_pattern auto_mapping base_model_name_or_path bias fan_in_fan_out inference_mode init_lora_weights layers_pattern ' +
  'layers_to_transform loftq_config lora_alpha lora_dropout megatron_config megatron_core modules_to_save mora_type peft_type ' +
  'r rank_pattern revision target_modules task_type use_dora use_mora use_rslora';

const Q0 = 'model.layers.0.self_attn.q_proj';
const V0 = 'model.layers.0.self_attn.v_proj';

async function written(state: AdapterState): Promise<{ folder: string; config: Record<string, unknown> }> {
  const folder = join(await temporaryFolder(), 'adapter');
  await writeAdapter(folder, state);
  const text = await readFile(join(folder, 'adapter_config.json'), 'utf8');
  return { folder, config: JSON.parse(text) as Record<string, unknown> };
}

async function refusal(reading: Promise<unknown>): Promise<string> {
  const error: unknown = await reading.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(UserError);
  return (error as UserError).message;
}

describe('MoRA', () => {
  test('is written in the format of the official code', async () => {
    const { folder, config } = await written(moraState());
    expect((await readdir(folder)).sort()).toEqual([
      'README.md',
      'adapter_config.json',
      'adapter_model.safetensors',
      'mora_shapes.json',
    ]);
    expect(Object.keys(config)).toEqual(FORK_KEYS.split(' '));
    expect(config).toMatchObject({
      peft_type: 'LORA',
      use_mora: true,
      mora_type: 6,
      r: 2,
      lora_alpha: 8,
      bias: 'none',
      task_type: 'CAUSAL_LM',
      base_model_name_or_path: 'org/base',
      target_modules: ['q_proj', 'v_proj'],
      layers_to_transform: null,
      rank_pattern: {},
    });
    const file = await openSafetensors(join(folder, 'adapter_model.safetensors'));
    expect(file.metadata).toEqual(new Map([['format', 'pt']]));
    // r̂ = ⌊√(32 · 2) + ½⌋ = 8 and, on 16 → 8, ⌊√(24 · 2) + ½⌋ = 7, made even.
    expect(file.entry(`base_model.model.${Q0}.lora_A.weight`).shape).toEqual([8, 8]);
    expect(file.entry(`base_model.model.${V0}.lora_B.weight`).shape).toEqual([6, 6]);
    expect(file.tensors.size).toBe(8);
    for (const { name } of LINEARS) {
      const a = await file.readBytes(`base_model.model.${name}.lora_A.weight`);
      expect(a).toEqual(await file.readBytes(`base_model.model.${name}.lora_B.weight`));
    }
    await file.close();
  });

  test('comes back as it was', async () => {
    const state = moraState();
    const { modules, warnings } = await readAdapter((await written(state)).folder, LINEARS);
    expect(warnings).toEqual([]);
    expect(modules.map(({ linear }) => linear)).toEqual(LINEARS);
    modules.forEach((module, i) => {
      expect(module.parameters).toEqual(state.modules[i]!.parameters);
      expect(module.structure).toMatchObject({ method: 'mora', type: 6, rank: 2 });
    });
  });

  test('of the official code loads: no mora_type means 1, r̂ is that of the tensor', async () => {
    const folder = await foreignAdapter(
      { use_mora: true, target_modules: ['v_proj', 'q_proj'], some_new_key: {} },
      { [`${Q0}.lora_A.weight`]: square(8), [`${Q0}.lora_B.weight`]: square(8) },
    );
    const { modules, warnings } = await readAdapter(folder, LINEARS);
    expect(modules).toHaveLength(1);
    expect(modules[0]!.structure).toMatchObject({ type: 1, rHat: 8, rank: 2 });
    expect(modules[0]!.parameters.M).toEqual(values(64));
    expect(warnings).toEqual([]);
  });

  test('made with the floor of the paper loads, and is written with a rank that gives its size', async () => {
    // 16 → 8 at rank 2: √48 = 6.93; the code has 7, the paper 6.
    const folder = await foreignAdapter(
      { use_mora: true, mora_type: 1 },
      { [`${V0}.lora_A.weight`]: square(6), [`${V0}.lora_B.weight`]: square(6) },
    );
    const { modules } = await readAdapter(folder, LINEARS);
    expect(modules[0]!.structure).toMatchObject({ rHat: 6 });
    const odd = { ...LINEARS[0]!, dIn: 64, dOut: 64 };
    const structure = moraStructure({ dIn: 64, dOut: 64, rank: 8, type: 1, rHat: 28 });
    const { config } = await written({ baseModel: null, layerCount: 1, modules: [moduleOf(odd, structure)] });
    // ⌊√(128 · r) + ½⌋ = 28 for r = 6.
    expect(config.r).toBe(6);
  });

  test('whose lora_A and lora_B differ takes lora_B, as the official code does, and says so', async () => {
    const folder = await foreignAdapter(
      { use_mora: true },
      { [`${Q0}.lora_A.weight`]: square(8), [`${Q0}.lora_B.weight`]: square(8, 5) },
    );
    const { modules, warnings } = await readAdapter(folder, LINEARS);
    expect(modules[0]!.parameters.M).toEqual(values(64, 5));
    expect(warnings).toEqual([
      expect.stringMatching(/lora_A and lora_B of "model\.layers\.0\.self_attn\.q_proj" differ; lora_B is used/),
    ]);
  });

  test('in half precision loads', async () => {
    const folder = await foreignAdapter(
      { use_mora: true },
      { [`${Q0}.lora_A.weight`]: square(8), [`${Q0}.lora_B.weight`]: square(8) },
    );
    const file = join(folder, 'adapter_model.safetensors');
    const name = `base_model.model.${Q0}.lora_B.weight`;
    const header = JSON.stringify({ [name]: { dtype: 'BF16', shape: [8, 8], data_offsets: [0, 128] } });
    const prefix = Buffer.alloc(8);
    prefix.writeBigUInt64LE(BigInt(header.length));
    const bits = new Uint8Array(Uint16Array.from({ length: 64 }, () => 0x3fc0).buffer);
    await writeFile(file, Buffer.concat([prefix, Buffer.from(header), bits]));
    const { modules, warnings } = await readAdapter(folder, LINEARS);
    expect(modules[0]!.parameters.M).toEqual(new Float32Array(64).fill(1.5));
    expect(warnings).toEqual([expect.stringMatching(/only one of lora_A and lora_B/)]);
  });
});

describe('LoRA', () => {
  test('is written for stock PEFT, without the keys of MoRA', async () => {
    const { folder, config } = await written(loraState());
    expect(Object.keys(config)).toEqual(FORK_KEYS.split(' ').filter((key) => !key.includes('mora')));
    expect(config).toMatchObject({ peft_type: 'LORA', r: 2, lora_alpha: 4, use_rslora: false });
    const file = await openSafetensors(join(folder, 'adapter_model.safetensors'));
    expect(file.entry(`base_model.model.${V0}.lora_A.weight`).shape).toEqual([2, 16]);
    expect(file.entry(`base_model.model.${V0}.lora_B.weight`).shape).toEqual([8, 2]);
    await file.close();
    expect(await readdir(folder)).not.toContain('mora_shapes.json');
  });

  test('comes back as it was', async () => {
    const state = loraState();
    const { modules } = await readAdapter((await written(state)).folder, LINEARS);
    modules.forEach((module, i) => {
      expect(module.parameters).toEqual(state.modules[i]!.parameters);
      expect(module.structure).toMatchObject({ method: 'lora', rank: 2, alpha: 4, scale: 2 });
    });
  });

  test('with ranks and alphas of single modules comes back as it was', async () => {
    const [a, b] = [loraState(LINEARS.slice(0, 3)), loraState(LINEARS.slice(3), 3, 9)];
    const { folder, config } = await written({ ...a, modules: [...a.modules, ...b.modules] });
    const name = 'model.layers.1.self_attn.v_proj';
    expect(config).toMatchObject({ r: 2, rank_pattern: { [name]: 3 }, lora_alpha: 4, alpha_pattern: { [name]: 9 } });
    const { modules } = await readAdapter(folder, LINEARS);
    expect(modules.map(({ structure }) => structure.method === 'lora' && structure.scale)).toEqual([2, 2, 2, 3]);
  });

  test('of others loads: rank-stabilised, patterns by the end of a path, adapter name in the tensors', async () => {
    const tensors = {
      [`${Q0}.lora_A.default.weight`]: { shape: [4, 16], data: values(64) },
      [`${Q0}.lora_B.default.weight`]: { shape: [16, 4], data: values(64) },
    };
    const folder = await foreignAdapter(
      { r: 2, rank_pattern: { 'self_attn\\.q_proj': 4 }, alpha_pattern: { q_proj: 6 }, use_rslora: true },
      tensors,
    );
    const { modules } = await readAdapter(folder, LINEARS);
    // alpha/√r = 6/2.
    expect(modules[0]!.structure).toMatchObject({ rank: 4, scale: 3 });
  });
});

test('full fine-tuning comes back as it was, under a name that PEFT refuses', async () => {
  const state = fullState();
  const { folder, config } = await written(state);
  expect(config).toMatchObject({ peft_type: 'FULL', target_modules: ['q_proj', 'v_proj'] });
  const { modules } = await readAdapter(folder, LINEARS);
  expect(modules.map(({ parameters }) => parameters)).toEqual(state.modules.map(({ parameters }) => parameters));
});

describe('the adapted layers', () => {
  test('are named with their numbers when not all are adapted', async () => {
    const { config } = await written(moraState(LINEARS.slice(2)));
    expect(config).toMatchObject({ target_modules: ['q_proj', 'v_proj'], layers_to_transform: [1] });
  });

  test('are named by their full paths when they differ in their modules', async () => {
    const { config } = await written(moraState([LINEARS[0]!, LINEARS[2]!, LINEARS[3]!]));
    expect(config).toMatchObject({
      target_modules: [Q0, 'model.layers.1.self_attn.q_proj', 'model.layers.1.self_attn.v_proj'],
      layers_to_transform: null,
    });
  });
});

describe('what cannot be loaded is refused in one sentence', () => {
  const m8 = { [`${Q0}.lora_A.weight`]: square(8), [`${Q0}.lora_B.weight`]: square(8) };
  const a = { shape: [2, 16], data: values(32) };
  const b = { shape: [16, 2], data: values(32) };
  const broken = { shape: [8, 8], data: Float32Array.from({ length: 64 }, (_, i) => (i === 9 ? NaN : 0)) };
  const cases: [
    name: string,
    config: Record<string, unknown>,
    tensors: Parameters<typeof foreignAdapter>[1],
    message: RegExp,
  ][] = [
    ['mora_type 5', { use_mora: true, mora_type: 5 }, m8, /adapter_config\.json: mora_type 5 does not exist/],
    ['mora_type 7', { use_mora: true, mora_type: 7 }, m8, /mora_type 7 does not exist/],
    ['another method', { peft_type: 'VERA' }, m8, /peft_type "VERA" is not supported/],
    ['DoRA', { use_dora: true }, m8, /DoRA \("use_dora"\) is not supported/],
    ['no rank', { r: undefined }, m8, /"r" is missing/],
    ['a rank of 0', { r: 0 }, m8, /"r" is missing or of the wrong kind/],
    [
      'a rank that does not lead to r̂',
      { use_mora: true, r: 8 },
      m8,
      /has side 8, but rank 8 on a layer 16 → 16 gives 16/,
    ],
    ['M that is not square', { use_mora: true }, { [`${Q0}.lora_B.weight`]: a }, /is \[2, 16\], but MoRA's is square/],
    [
      'MoRA without its flag',
      {},
      m8,
      /A of "model\.layers\.0\.self_attn\.q_proj" is \[8, 8\], but the model's layer needs \[8, 16\]/,
    ],
    ['A without B', {}, { [`${Q0}.lora_A.weight`]: a }, /has no tensor ".*q_proj\.lora_B\.weight"/],
    [
      'A and B of two ranks',
      {},
      { [`${Q0}.lora_A.weight`]: a, [`${Q0}.lora_B.weight`]: square(16) },
      /do not fit each other/,
    ],
    [
      'a layer of another width',
      {},
      { [`${V0}.lora_A.weight`]: a, [`${V0}.lora_B.weight`]: b },
      /B of ".*v_proj" is \[16, 2\], but the model's layer needs \[8, 2\]/,
    ],
    [
      'a module that is not there',
      {},
      { 'model.layers.9.self_attn.q_proj.lora_A.weight': a, 'model.layers.9.self_attn.q_proj.lora_B.weight': b },
      /changes "model\.layers\.9\.self_attn\.q_proj", which the model does not have/,
    ],
    [
      'trained embeddings',
      { use_mora: true },
      { ...m8, 'model.embed_tokens.weight': square(4) },
      /tensor "model\.embed_tokens\.weight" is no adapter of a linear layer/,
    ],
    ['no adapter at all', {}, { 'model.norm.weight': square(4) }, /has no adapter weights/],
    [
      'no matrix',
      { use_mora: true },
      { [`${Q0}.lora_B.weight`]: { shape: [8], data: values(8) } },
      /has shape \[8\] and is no matrix/,
    ],
    [
      'NaN',
      { use_mora: true },
      { [`${Q0}.lora_A.weight`]: broken, [`${Q0}.lora_B.weight`]: broken },
      /tensor ".*" has NaN at index 9; its training diverged/,
    ],
  ];
  test.each(cases)('%s', async (_, config, tensors, message) => {
    expect(await refusal(readAdapter(await foreignAdapter(config, tensors), LINEARS))).toMatch(message);
  });

  test('pickled weights', async () => {
    const folder = await foreignAdapter({}, m8);
    await rm(join(folder, 'adapter_model.safetensors'));
    await writeFile(join(folder, 'adapter_model.bin'), '');
    expect(await refusal(readAdapter(folder, LINEARS))).toMatch(/has only pickled weights/);
  });

  test('a folder that is no adapter', async () => {
    expect(await refusal(readAdapter(await temporaryFolder(), LINEARS))).toMatch(
      /adapter_config\.json: does not exist/,
    );
  });
});
