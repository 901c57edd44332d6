import type { FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { configurationSchema } from '../../../src/config/schema';
import { adapterSet, AdapterSet } from '../../../src/engine/adapters/adapterSet';
import { buildRows } from '../../../src/engine/data/packing';
import { uniformNumbers } from '../../../src/engine/data/random';
import { CachedDecoder } from '../../../src/engine/inference/cachedDecoder';
import { decoderLinears, type DecoderConfig, type LayerKind } from '../../../src/engine/models/decoderConfig';
import { DecoderPass } from '../../../src/engine/models/decoderPass';
import { readDecoderConfig } from '../../../src/engine/models/family';
import { logitsProgram } from '../../../src/engine/models/head/headProgram';
import { headInMemory, loadModel, type LoadedModel } from '../../../src/engine/models/loadedModel';
import type { RotaryScaling } from '../../../src/engine/models/rotary';
import { onnxRuntime } from '../../../src/engine/runtime/onnxruntime';
import { ProgramCache } from '../../../src/engine/runtime/programCache';
import { initialModules } from '../../../src/engine/training/initialAdapter';
import { openModelFolder } from '../../../src/engine/weights/modelFolder';
import { openScratchFile } from '../../../src/engine/weights/scratchFile';

const runtime = onnxRuntime({ threads: 2 });
const programs: ProgramCache[] = [];

afterAll(async () => {
  for (const cache of programs) await cache.dispose();
});

const FAMILIES = ['llama', 'llama3', 'mistral', 'qwen2', 'qwen3', 'phi3', 'gemma2', 'gemma3', 'smollm3', 'olmo2'];
const AGREEMENT = 1e-4;

async function load(family: string, change: (config: DecoderConfig) => DecoderConfig = (same) => same) {
  const folder = join(import.meta.dirname, '../../fixtures/oracle', family);
  const config = change(await readDecoderConfig(folder));
  const weights = await openModelFolder(folder);
  try {
    return await loadModel(weights, config, runtime, { context: 256 });
  } finally {
    await weights.close();
  }
}

/** An empty file that is gone when the test ends. */
async function scratchFile(): Promise<FileHandle> {
  const file = await openScratchFile(tmpdir());
  onTestFinished(() => file.close());
  return file;
}

function decoder(model: LoadedModel, rows = 1, chunk?: number): CachedDecoder {
  const cache = new ProgramCache(runtime);
  programs.push(cache);
  return new CachedDecoder(runtime, model, cache, rows, chunk);
}

function randomTokens({ vocabularySize }: DecoderConfig, length: number, index = 0): number[] {
  const random = uniformNumbers(7, 'comparison', index);
  return Array.from({ length }, () => Math.floor(random() * vocabularySize));
}

async function logits(model: LoadedModel, hidden: Float32Array): Promise<Float32Array[]> {
  const { hiddenSize, vocabularySize } = model.config;
  const rows = hidden.length / hiddenSize;
  const out = runtime.tensor(new Float32Array(rows * vocabularySize), [rows, vocabularySize]);
  const program = await runtime.compile(logitsProgram(model.config, rows));
  await program.run(
    { hidden: runtime.tensor(hidden, [rows, hiddenSize]), norm: model.norm, head: headInMemory(model) },
    { logits: out },
  );
  await program.dispose();
  return Array.from({ length: rows }, (_, row) =>
    (out.data as Float32Array).slice(row * vocabularySize, (row + 1) * vocabularySize),
  );
}

/** Logits of every position from one pass over the whole sequence, which the oracle's tests prove. */
async function wholePass(model: LoadedModel, tokens: readonly number[]): Promise<Float32Array[]> {
  const pass = new DecoderPass(runtime, model, new AdapterSet([]));
  const example = { tokens: Int32Array.from(tokens), labels: new Int32Array(tokens.length) };
  const hidden = await pass.forward(buildRows([[0]], [example], tokens.length), false);
  const result = await logits(model, hidden.slice());
  await pass.dispose();
  return result;
}

/** Largest difference in units of the largest expected magnitude. */
function difference(found: Float32Array, expected: Float32Array): number {
  expect(found).toHaveLength(expected.length);
  const largest = Math.max(...expected.map(Math.abs));
  return Math.max(...expected.map((value, i) => Math.abs(value - found[i]!))) / largest;
}

/** Logits after the prompt and after each further token, one at a time. */
async function grow(
  model: LoadedModel,
  cached: CachedDecoder,
  tokens: readonly number[],
  prompt: number,
): Promise<Float32Array[]> {
  const hidden = [await cached.start(0, tokens.slice(0, prompt))];
  for (const token of tokens.slice(prompt)) hidden.push((await cached.step([token])).slice());
  return logits(model, Float32Array.from(hidden.flatMap((row) => [...row])));
}

describe('generation with cached keys and values gives the logits of a pass over the whole sequence', () => {
  // 100 tokens: past the window of 8, and past the 64 slots that a cache begins with.
  it.each(FAMILIES)('%s, prompt at once', async (family) => {
    const model = await load(family);
    const tokens = randomTokens(model.config, 100);
    const expected = await wholePass(model, tokens);
    const found = await grow(model, decoder(model), tokens, 11);
    found.forEach((row, index) => expect(difference(row, expected[10 + index]!)).toBeLessThan(AGREEMENT));
    expect(found).toHaveLength(90);
  });

  it.each(FAMILIES)('%s, prompt in chunks', async (family) => {
    const model = await load(family);
    const tokens = randomTokens(model.config, 80);
    const expected = await wholePass(model, tokens);
    const found = await grow(model, decoder(model, 1, 16), tokens, 70);
    found.forEach((row, index) => expect(difference(row, expected[69 + index]!)).toBeLessThan(AGREEMENT));
  });

  it.each([1, 2, 5, 70])('a window of %i in every layer, whose slots are used in turn', async (window) => {
    const model = await load('mistral', (config) => withKinds(config, (kind) => ({ ...kind, window })));
    const tokens = randomTokens(model.config, 160);
    const expected = await wholePass(model, tokens);
    for (const prompt of [3, 90]) {
      const found = await grow(model, decoder(model, 1, 32), tokens, prompt);
      found.forEach((row, index) => expect(difference(row, expected[prompt - 1 + index]!)).toBeLessThan(AGREEMENT));
    }
  });
});

describe('angles that depend on the length are those of the sequence as it is', () => {
  const positions = 20;
  const half = 6;
  const SCALINGS: RotaryScaling[] = [
    { kind: 'dynamic', factor: 4, originalPositions: positions },
    {
      kind: 'longrope',
      shortFactors: Array.from({ length: half }, () => 1),
      longFactors: Array.from({ length: half }, (_, k) => 1.5 + k),
      originalPositions: positions,
    },
  ];

  it.each(SCALINGS)('$kind', async (scaling) => {
    const model = await load('mistral', (config) =>
      withKinds(config, (kind) => ({ ...kind, rotary: kind.rotary && { ...kind.rotary, scaling } })),
    );
    expect(model.config.layerKinds[0]!.rotary!.size).toBe(2 * half);
    const tokens = randomTokens(model.config, 26);
    const found = await grow(model, decoder(model, 1, 8), tokens, 17);
    for (const [index, row] of found.entries()) {
      const expected = await wholePass(model, tokens.slice(0, 17 + index));
      expect(difference(row, expected.at(-1)!)).toBeLessThan(AGREEMENT);
    }
  });

  it('and of each row by itself', async () => {
    const model = await load('mistral', (config) =>
      withKinds(config, (kind) => ({ ...kind, rotary: kind.rotary && { ...kind.rotary, scaling: SCALINGS[0]! } })),
    );
    const sequences = [randomTokens(model.config, 24, 1), randomTokens(model.config, 9, 2)];
    const cached = decoder(model, 2);
    for (const [row, tokens] of sequences.entries()) await cached.start(row, tokens.slice(0, -1));
    const found = await logits(model, await cached.step(sequences.map((tokens) => tokens.at(-1))));
    for (const [row, tokens] of sequences.entries()) {
      expect(difference(found[row]!, (await wholePass(model, tokens)).at(-1)!)).toBeLessThan(AGREEMENT);
    }
  });
});

describe('rows', () => {
  it('do not see each other, may rest, and may begin anew', async () => {
    const model = await load('gemma2');
    const cached = decoder(model, 3);
    const sequences = [0, 1, 2, 3].map((index) => randomTokens(model.config, 40 + index, index));
    /** What each row holds: a sequence and how much of it. */
    const held = [
      { of: 0, length: 5 },
      { of: 1, length: 12 },
      { of: 2, length: 30 },
    ];
    for (const [row, { of, length }] of held.entries()) await cached.start(row, sequences[of]!.slice(0, length));
    const compare = async (hidden: Float32Array, rows: readonly number[]): Promise<void> => {
      const found = await logits(model, hidden);
      for (const row of rows) {
        const { of, length } = held[row]!;
        const expected = await wholePass(model, sequences[of]!.slice(0, length));
        expect(difference(found[row]!, expected.at(-1)!)).toBeLessThan(AGREEMENT);
      }
    };
    const step = async (...rows: number[]): Promise<void> => {
      const next = held.map(({ of, length }, row) => (rows.includes(row) ? sequences[of]![length] : undefined));
      for (const row of rows) held[row]!.length++;
      await compare(await cached.step(next), rows);
    };
    await step(0, 1, 2);
    await step(0, 2);
    await step(0, 1, 2);
    held[2] = { of: 3, length: 3 };
    await cached.start(2, sequences[3]!.slice(0, 3));
    await step(0, 1, 2);
    await step(2);
    expect(cached.tokensOf(1)).toEqual(sequences[1]!.slice(0, 15));
  });
});

it('stops between two layers when asked to', async () => {
  const model = await load('llama');
  const controller = new AbortController();
  controller.abort();
  await expect(decoder(model).start(0, [1, 2], controller.signal)).rejects.toMatchObject({ name: 'AbortError' });
});

function withKinds(config: DecoderConfig, change: (kind: LayerKind) => LayerKind): DecoderConfig {
  const changed = new Map([...new Set(config.layerKinds)].map((kind) => [kind, change(kind)]));
  return { ...config, layerKinds: config.layerKinds.map((kind) => changed.get(kind)!) };
}

describe('adapters beside the weights give the hidden states of training', () => {
  const NAMES = ['rotation', 'sharing'] as const;
  const cases = (['float32', 'int8', 'int8 on disk'] as const).flatMap((base) => [
    ...NAMES.map((mode) => [base, 'mora', mode] as const),
    [base, 'lora', 'rotation'] as const,
  ]);

  it.each(cases)('%s base, %s, %s', async (from, method, mode) => {
    const folder = join(import.meta.dirname, '../../fixtures/oracle/llama');
    const config = await readDecoderConfig(folder);
    const weights = await openModelFolder(folder);
    onTestFinished(() => weights.close());
    const base = from === 'float32' ? from : 'int8';
    const offload = from === 'int8 on disk' && (await scratchFile());
    const model = await loadModel(weights, config, runtime, { context: 256, base, ...(offload && { offload }) });
    const defaults = configurationSchema.parse({ model: '-', data: { train: '-' } });
    const configuration = { ...defaults, adapter: { ...defaults.adapter, method, mode, rank: 2 } };
    const { modules } = await initialModules(configuration, decoderLinears(config));
    const adapters = adapterSet(modules, runtime);
    const random = uniformNumbers(3, 'adapter', 1000);
    for (const { values } of adapters.parameters) values.forEach((_, i) => (values[i] = 0.2 * random() - 0.1));

    const tokens = randomTokens(config, 40);
    const pass = new DecoderPass(runtime, model, adapters);
    const example = { tokens: Int32Array.from(tokens), labels: new Int32Array(tokens.length) };
    const expected = (await pass.forward(buildRows([[0]], [example], tokens.length), false)).slice();
    const frozen = new DecoderPass(runtime, model, new AdapterSet([]));
    const without = (await frozen.forward(buildRows([[0]], [example], tokens.length), false)).slice();
    await pass.dispose();
    await frozen.dispose();

    const cache = new ProgramCache(runtime);
    programs.push(cache);
    const cached = new CachedDecoder(runtime, { ...model, adapters }, cache);
    const hidden = [await cached.start(0, tokens.slice(0, 11))];
    for (const token of tokens.slice(11)) hidden.push((await cached.step([token])).slice());
    const width = config.hiddenSize;
    hidden.forEach((row, index) => {
      const at = (10 + index) * width;
      expect(difference(row, expected.slice(at, at + width))).toBeLessThan(AGREEMENT);
      expect(difference(row, without.slice(at, at + width))).toBeGreaterThan(100 * AGREEMENT);
    });
  });
});
