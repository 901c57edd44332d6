import { describe, expect, it } from 'vitest';
import { UserError } from '../../../../src/config/userError';
import { requireArchitecture } from '../../../../src/engine/export/gguf/exportModel';
import { lengthNotes } from '../../../../src/engine/export/gguf/limits';
import type { DecoderConfig, LayerKind } from '../../../../src/engine/models/decoderConfig';
import { readDecoderConfig } from '../../../../src/engine/models/family';
import type { RotaryConfig, RotaryScaling } from '../../../../src/engine/models/rotary';
import { oracleFolder } from './families';

async function refusal(family: string, change: (config: DecoderConfig) => Partial<DecoderConfig>): Promise<string> {
  const config = await readDecoderConfig(oracleFolder(family));
  try {
    requireArchitecture('a folder', { ...config, ...change(config) });
    return 'none';
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    return (error as Error).message;
  }
}

const everyLayer =
  (change: Partial<LayerKind>) =>
  ({ layerKinds }: DecoderConfig): Partial<DecoderConfig> => ({
    layerKinds: layerKinds.map((kind) => ({ ...kind, ...change })),
  });
const scaled =
  (scaling: RotaryScaling) =>
  ({ layerKinds }: DecoderConfig): Partial<DecoderConfig> => ({
    layerKinds: layerKinds.map((kind) => ({ ...kind, rotary: { ...(kind.rotary as RotaryConfig), scaling } })),
  });

const LINEAR: RotaryScaling = { kind: 'linear', factor: 2 };
const YARN = {
  kind: 'yarn',
  factor: 4,
  fastRotations: 32,
  slowRotations: 1,
  truncated: true,
  originalPositions: 64,
} as const;
const LLAMA3: RotaryScaling = {
  kind: 'llama3',
  factor: 8,
  lowFrequencyFactor: 1,
  highFrequencyFactor: 4,
  originalPositions: 64,
};

describe('what llama.cpp would compute otherwise is refused', () => {
  it.each<[string, string, (config: DecoderConfig) => Partial<DecoderConfig>]>([
    ['biases in the MLP', 'qwen2', ({ biases }) => ({ biases: { ...biases, mlp: true } })],
    ['a bias after attention', 'smollm3', ({ biases }) => ({ biases: { ...biases, attentionOutput: true } })],
    ['has 4 heads of 12, not as wide together', 'qwen2', () => ({ headSize: 12 })],
    ['a head that is not its embedding matrix', 'gemma2', () => ({ tied: false })],
    ['another activation', 'llama', () => ({ activation: 'geluTanh' })],
    ['divides scores by 16.00, not by the root of 16', 'gemma2', () => ({ attentionScale: 1 / 16 })],
    ['has no softcap on scores', 'gemma2', () => ({ attentionSoftcap: undefined })],
    ['has no softcap on logits', 'gemma2', () => ({ logitSoftcap: undefined })],
    ['has a softcap on scores', 'gemma3', () => ({ attentionSoftcap: 50 })],
    ['has a softcap on logits', 'llama', () => ({ logitSoftcap: 30 })],
    ['layers without rotary embedding', 'llama', everyLayer({ rotary: undefined })],
    ['other layers without rotary embedding than every 4th', 'smollm3', () => ({})],
    ['rotary scaling "llama3"', 'qwen2', scaled(LLAMA3)],
    ['rotary scaling "dynamic"', 'llama', scaled({ kind: 'dynamic', factor: 2, originalPositions: 64 })],
    ['a YaRN ramp with other bounds', 'qwen3', scaled({ ...YARN, fastRotations: 16 })],
    ['scales the angles of sliding layers', 'gemma3', scaled(LINEAR)],
    [
      'different angles in different layers',
      'llama',
      ({ layerKinds: [first] }) => ({
        layerKinds: [first!, { ...first!, rotary: { ...first!.rotary!, theta: 7 } }],
      }),
    ],
    [
      'turns a part of each head only',
      'llama',
      ({ layerKinds }) => ({
        layerKinds: layerKinds.map((kind) => ({ ...kind, rotary: { ...kind.rotary!, size: 4 } })),
      }),
    ],
    ['is not one of its architectures', 'llama', () => ({ family: 'another' })],
  ])('%s (%s)', async (what, family, change) => {
    const message = await refusal(family, change);
    expect(message).toContain(what);
    expect(message).toMatch(/^a folder: llama\.cpp cannot compute .*; use --format merged\.$/);
  });

  it.each(['llama', 'llama3', 'mistral', 'qwen2', 'qwen3', 'phi3', 'gemma2', 'gemma3', 'olmo2'])(
    'and %s is not',
    async (family) => {
      expect(await refusal(family, () => ({}))).toBe('none');
    },
  );

  it('and neither is SmolLM 3 with every fourth layer without rotary embedding', async () => {
    const four = ({ layerKinds: [turned, plain] }: DecoderConfig): Partial<DecoderConfig> => ({
      layers: 4,
      layerKinds: [turned!, turned!, turned!, plain!],
    });
    expect(await refusal('smollm3', four)).toBe('none');
  });

  it('and neither are the scalings that an architecture has', async () => {
    expect(await refusal('llama', scaled(LLAMA3))).toBe('none');
    expect(await refusal('qwen3', scaled(YARN))).toBe('none');
    expect(await refusal('olmo2', scaled(LINEAR))).toBe('none');
  });

  it('and neither is the largest Gemma 2, which divides by the root of another size', async () => {
    const kinds = (config: DecoderConfig): Partial<DecoderConfig> => ({
      layers: 46,
      layerKinds: Array.from({ length: 46 }, (_, layer) => config.layerKinds[layer % 2]!),
    });
    const withScale = (config: DecoderConfig): Partial<DecoderConfig> => ({
      ...kinds(config),
      attentionScale: 10 ** -0.5,
    });
    // 40 wide and 4 heads: 10, where its heads are 16 wide.
    expect(await refusal('gemma2', withScale)).toBe('none');
    expect(await refusal('gemma2', kinds)).toContain('not by the root of 10');
  });
});

describe('what llama.cpp does differently beyond some length is told', () => {
  it('where it has no sliding window', async () => {
    const config = await readDecoderConfig(oracleFolder('mistral'));
    const architecture = requireArchitecture('a folder', config);
    expect(lengthNotes(config, architecture)).toEqual([]);
    expect(lengthNotes({ ...config, ...everyLayer({ window: 256 })(config) }, architecture)).toEqual([]);
    expect(lengthNotes({ ...config, ...everyLayer({ window: 8 })(config) }, architecture)).toEqual([
      'llama.cpp has no sliding window for "llama": beyond 8 tokens it attends to all of them, and differs from the model.',
    ]);
  });

  it('but not where it has one', async () => {
    const config = await readDecoderConfig(oracleFolder('gemma2'));
    expect(lengthNotes(config, requireArchitecture('a folder', config))).toEqual([]);
  });
});
