import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { blockLinears, type DecoderConfig } from '../../../src/engine/models/decoderConfig';
import { readDecoderConfig } from '../../../src/engine/models/family';

const SIZES = {
  hidden_size: 64,
  intermediate_size: 96,
  num_hidden_layers: 6,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  vocab_size: 100,
};

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mora-families-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

async function decoder(json: object): Promise<DecoderConfig> {
  await writeFile(join(folder, 'config.json'), JSON.stringify({ ...SIZES, ...json }));
  return readDecoderConfig(folder);
}

const windows = ({ layerKinds }: DecoderConfig) => layerKinds.map(({ window }) => window);
const thetas = ({ layerKinds }: DecoderConfig) => layerKinds.map(({ rotary }) => rotary?.theta);

/** What config.json leaves out means what the config classes of transformers say. */
describe('a family takes what config.json leaves out from its own defaults', () => {
  it('mistral: a window in every layer, where one is named', async () => {
    expect(windows(await decoder({ model_type: 'mistral', sliding_window: 8 }))).toEqual([8, 8, 8, 8, 8, 8]);
    expect(windows(await decoder({ model_type: 'mistral', sliding_window: null }))[0]).toBeUndefined();
  });

  it('qwen2: biases on queries, keys and values; the window only when switched on, and only in upper layers', async () => {
    const named = { model_type: 'qwen2', sliding_window: 8, max_window_layers: 4 };
    const off = await decoder(named);
    expect(windows(off)).toEqual(Array(6).fill(undefined));
    expect(
      blockLinears(off)
        .filter(({ bias }) => bias)
        .map(({ module }) => module),
    ).toEqual(['q_proj', 'k_proj', 'v_proj']);
    expect(windows(await decoder({ ...named, use_sliding_window: true }))).toEqual([...Array(4).fill(undefined), 8, 8]);
  });

  it('qwen3: heads of 128 and norms on them', async () => {
    const { headSize, queryKeyNorm } = await decoder({ model_type: 'qwen3' });
    expect({ headSize, queryKeyNorm }).toEqual({ headSize: 128, queryKeyNorm: 'head' });
  });

  it('phi3: fused projections', async () => {
    const modules = blockLinears(await decoder({ model_type: 'phi3' })).map(({ module, dOut }) => [module, dOut]);
    expect(modules).toEqual([
      ['qkv_proj', 128],
      ['o_proj', 64],
      ['gate_up_proj', 192],
      ['down_proj', 64],
    ]);
  });

  it('gemma2: tied, capped, every other layer with a window, scores by query_pre_attn_scalar', async () => {
    const config = await decoder({ model_type: 'gemma2', query_pre_attn_scalar: 144 });
    expect(windows(config)).toEqual([4096, undefined, 4096, undefined, 4096, undefined]);
    const { tied, headSize, attentionScale, attentionSoftcap, logitSoftcap, embeddingScale, activation } = config;
    expect({ tied, headSize, attentionScale, attentionSoftcap, logitSoftcap, embeddingScale, activation }).toEqual({
      tied: true,
      headSize: 256,
      attentionScale: 1 / 12,
      attentionSoftcap: 50,
      logitSoftcap: 30,
      embeddingScale: 8,
      activation: 'geluTanh',
    });
  });

  it('gemma3: one full layer in six, with its own angles; old and new spelling of scaled angles', async () => {
    const config = await decoder({ model_type: 'gemma3_text', sliding_window: 512 });
    expect(windows(config)).toEqual([512, 512, 512, 512, 512, undefined]);
    expect(thetas(config)).toEqual([1e4, 1e4, 1e4, 1e4, 1e4, 1e6]);
    const scaling = { rope_type: 'linear', factor: 8 };
    const old = await decoder({ model_type: 'gemma3_text', rope_scaling: scaling });
    expect(old.layerKinds.map(({ rotary }) => rotary?.scaling.kind)).toEqual([...Array(5).fill('default'), 'linear']);
    const since5 = await decoder({
      model_type: 'gemma3_text',
      rope_parameters: { full_attention: { ...scaling, rope_theta: 1e6 }, sliding_attention: { rope_theta: 1e4 } },
    });
    expect(since5.layerKinds[5]).toEqual(old.layerKinds[5]);
  });

  it('smollm3: every fourth layer does not turn', async () => {
    expect(thetas(await decoder({ model_type: 'smollm3' }))).toEqual([2e6, 2e6, 2e6, undefined, 2e6, 2e6]);
  });

  it('olmo2: norms after, and over all heads', async () => {
    const { normPlacement, queryKeyNorm, epsilon } = await decoder({ model_type: 'olmo2' });
    expect({ normPlacement, queryKeyNorm, epsilon }).toEqual({
      normPlacement: 'after',
      queryKeyNorm: 'width',
      epsilon: 1e-5,
    });
  });
});

describe('what is no dense decoder is refused in one sentence', () => {
  it.each([
    [
      'a mixture of experts',
      { model_type: 'mixtral' },
      /model type "mixtral" is not supported; supported are the dense decoders llama, mistral/,
    ],
    ['an encoder', { model_type: 'bert' }, /model type "bert" is not supported/],
    [
      'an encoder made of Gemma 3',
      { model_type: 'gemma3_text', use_bidirectional_attention: true },
      /makes it an encoder/,
    ],
    ['quantised weights', { model_type: 'llama', quantization_config: { quant_method: 'gptq' } }, /quantised \(gptq\)/],
    [
      'another activation',
      { model_type: 'llama', hidden_act: 'relu' },
      /"hidden_act" is "relu"; supported are silu and gelu_pytorch_tanh/,
    ],
    [
      'layers of another kind',
      { model_type: 'gemma2', layer_types: Array(6).fill('chunked_attention') },
      /"layer_types" has "chunked_attention"/,
    ],
    [
      'as many kinds as there are no layers',
      { model_type: 'gemma2', layer_types: ['full_attention'] },
      /"layer_types" names 1 layers/,
    ],
    ['odd heads', { model_type: 'llama', head_dim: 3 }, /"head_dim" is 3/],
    ['sizes beyond any model', { model_type: 'llama', num_hidden_layers: 1e9 }, /num_hidden_layers/],
  ])('%s', async (_what, json, message) => {
    await expect(decoder(json)).rejects.toThrow(message);
  });
});
