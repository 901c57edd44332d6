import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { moraStructure } from '../../../src/engine/adapters/mora/moraStructure';
import { writeAdapter } from '../../../src/engine/checkpoint/adapterFolder';
import { evaluateModel } from '../../../src/engine/evaluation/evaluateModel';
import { CachedDecoder } from '../../../src/engine/inference/cachedDecoder';
import { modelStore } from '../../../src/engine/inference/modelStore';
import { decoderLinears } from '../../../src/engine/models/decoderConfig';
import { readDecoderConfig } from '../../../src/engine/models/family';
import { logitsProgram } from '../../../src/engine/models/head/headProgram';
import { headInMemory } from '../../../src/engine/models/loadedModel';
import type { EvaluateParams, EvaluateProgress, EvaluationReport } from '../../../src/engine/rpc/evaluation';
import { oracleBatch, oracleFloats, oracleParameter } from '../../support/oracleBatch';
import { readOracleCase } from '../../support/oracleCase';

const model = join(import.meta.dirname, '../../fixtures/oracle/llama');
const oracle = readOracleCase('llama');
const batch = oracleBatch(oracle);
const VOCABULARY = 96;
/** Agreement to expect of a float32 engine, by the oracle's note. */
const LOSS = 2e-5;

interface Line {
  readonly input_ids: number[];
  readonly labels: number[];
}

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mora-evaluate-'));
});

afterAll(() => rm(folder, { recursive: true }));

/** The examples of the oracle's packed rows, each with the places of its tokens. */
function oracleExamples(): { places: number[]; line: Line }[] {
  const examples = new Map<string, number[]>();
  batch.segments.forEach((segment, place) => {
    if (segment === 0) return;
    const key = `${Math.floor(place / batch.rowLength)} ${segment}`;
    examples.set(key, [...(examples.get(key) ?? []), place]);
  });
  return [...examples.values()].map((places) => ({
    places,
    line: {
      input_ids: places.map((place) => batch.tokens[place]!),
      labels: [-100, ...places.slice(0, -1).map((place) => batch.targets[place]!)],
    },
  }));
}

/** PyTorch's logits after the token at a place. */
function logitsAt(place: number): number[] {
  return [...oracleFloats(oracle, 'logits').subarray(place * VOCABULARY, (place + 1) * VOCABULARY)];
}

const likeliest = (logits: readonly number[]): number => logits.indexOf(Math.max(...logits));

async function evaluated(
  lines: readonly Line[],
  change: Partial<EvaluateParams> = {},
  onProgress: (progress: EvaluateProgress) => void = () => undefined,
  compute: object = {},
): Promise<EvaluationReport> {
  const file = join(folder, 'data.jsonl');
  await writeFile(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  const configuration = { model, data: { train: file, validation: 0, maxLength: 64 }, compute };
  const params = { configuration, file: join(folder, 'a.mora.json'), base: true, exactMatch: true };
  return evaluateModel({ ...params, limit: null, rows: null, ...change }, onProgress, new AbortController().signal);
}

describe('an evaluation agrees with PyTorch', () => {
  // Every third example is to say what PyTorch finds likeliest, another one that but for its last token.
  const examples = oracleExamples().map(({ places, line }, index) => {
    const right = [-100, -100, ...places.slice(1, -1).map((place) => likeliest(logitsAt(place)))];
    const wrong = [...right.slice(0, -1), (right.at(-1)! + 1) % VOCABULARY];
    return { places, line: { ...line, labels: [line.labels, right, wrong][index % 3]! } };
  });
  const scored = examples.map(({ places, line }) =>
    line.labels.flatMap((label, t) => {
      if (t === 0 || label === -100) return [];
      const logits = logitsAt(places[t - 1]!);
      return {
        loss: Math.log(logits.reduce((sum, x) => sum + Math.exp(x), 0)) - logits[label]!,
        hit: likeliest(logits) === label,
      };
    }),
  );

  it('on loss, perplexity, token accuracy and exact match', async () => {
    const tokens = scored.flat();
    const loss = tokens.reduce((sum, token) => sum + token.loss, 0) / tokens.length;
    const exact = scored.filter((own) => own.length > 0 && own.every(({ hit }) => hit)).length;
    expect(exact).toBeGreaterThan(0);
    expect(exact).toBeLessThan(examples.length);
    const { base, adapted, data } = await evaluated(examples.map(({ line }) => line));
    expect(Math.abs(base!.loss - loss)).toBeLessThan(LOSS);
    expect(base!.perplexity).toBeCloseTo(Math.exp(base!.loss), 10);
    expect(base!.accuracy).toBe(tokens.filter(({ hit }) => hit).length / tokens.length);
    expect(base!.exactMatch).toBe(exact / scored.filter((own) => own.length > 0).length);
    expect(adapted).toBe(null);
    expect(data).toMatchObject({ examples: examples.length, supervisedTokens: tokens.length, cut: 0 });
  });

  it('however many rows go at once, in however little memory', async () => {
    const lines = examples.map(({ line }) => line);
    const whole = (await evaluated(lines)).base!;
    const narrow = (await evaluated(lines, { rows: 1 }, undefined, { memory: 0.4, threads: 1 })).base!;
    expect(narrow.loss).toBeCloseTo(whole.loss, 5);
    expect(narrow).toMatchObject({ accuracy: whole.accuracy, exactMatch: whole.exactMatch });
    await expect(evaluated(lines, {}, undefined, { memory: 0.1 })).rejects.toThrow(/at least 0\.\d GiB are needed/);
  });

  it('on the first examples alone', async () => {
    const { base, data } = await evaluated(
      examples.map(({ line }) => line),
      { limit: 2, exactMatch: false },
    );
    const tokens = scored.slice(0, 2).flat();
    expect(Math.abs(base!.loss - tokens.reduce((sum, { loss }) => sum + loss, 0) / tokens.length)).toBeLessThan(LOSS);
    expect(base!.exactMatch).toBe(null);
    expect(data).toMatchObject({ examples: 2, available: examples.length });
  });

  it('on the loss with an adapter, beside that without', async () => {
    const config = await readDecoderConfig(model);
    const modules = decoderLinears(config).map((linear) => {
      const structure = moraStructure({ dIn: linear.dIn, dOut: linear.dOut, rank: 2, type: 6 });
      return { linear, structure, parameters: { M: oracleParameter(oracle, 'mora6', 'param', linear.name) } };
    });
    const adapter = join(folder, 'adapter');
    await writeAdapter(adapter, { baseModel: model, layerCount: config.layers, modules });
    const lines = oracleExamples().map(({ line }) => line);
    const shares: number[] = [];
    const both = await evaluated(lines, { adapter }, ({ share }) => shares.push(share));
    expect(Math.abs(both.adapted!.loss - oracleFloats(oracle, 'mora6/losses')[0]!)).toBeLessThan(LOSS);
    expect(Math.abs(both.adapted!.loss - both.base!.loss)).toBeGreaterThan(100 * LOSS);
    expect(both.base!.loss).toBe((await evaluated(lines)).base!.loss);
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(shares.at(-1)).toBe(1);
    const alone = await evaluated(lines, { adapter, base: false });
    expect(alone.base).toBe(null);
    expect(alone.adapted!.loss).toBe(both.adapted!.loss);
  });
});

describe('an exact match', () => {
  it('is what greedy decoding writes, found without writing it', async () => {
    const written = await modelStore.use({ model }, {}, async ({ model: ready, runtime, programs }) => {
      const head = await runtime.compile(logitsProgram(ready.config, 1));
      const logits = runtime.tensor(new Float32Array(VOCABULARY), [1, VOCABULARY]);
      const next = async (hidden: Float32Array): Promise<number> => {
        const inputs = {
          hidden: runtime.tensor(hidden, [1, hidden.length]),
          norm: ready.norm,
          head: headInMemory(ready),
        };
        await head.run(inputs, { logits });
        return likeliest([...(logits.data as Float32Array)]);
      };
      const lines: Line[] = [];
      for (const prompt of [[5, 17, 30], [2], [80, 4, 4, 61, 9]]) {
        const decoder = new CachedDecoder(runtime, ready, programs);
        const completion = [await next(await decoder.start(0, prompt))];
        while (completion.length < 6) completion.push(await next(await decoder.step([completion.at(-1)])));
        lines.push({ input_ids: [...prompt, ...completion], labels: [...prompt.map(() => -100), ...completion] });
      }
      await head.dispose();
      return lines;
    });
    expect((await evaluated(written)).base).toMatchObject({ accuracy: 1, exactMatch: 1 });
    // One other token, and with it all that would follow on it, is another completion.
    const [first, ...rest] = written;
    const other = first!.input_ids.with(-3, (first!.input_ids.at(-3)! + 1) % VOCABULARY);
    const changed = { input_ids: other, labels: first!.labels.map((label, t) => (label === -100 ? label : other[t]!)) };
    expect((await evaluated([changed, ...rest])).base!.exactMatch).toBe(2 / 3);
  });
});

describe('what cannot be evaluated is refused in a sentence', () => {
  const line = { input_ids: [1, 2, 3], labels: [-100, 2, 3] };

  it.each([
    ['nothing supervised', [{ ...line, labels: [-100, -100, -100] }], /gives nothing to learn/],
    ['an empty file', [], /data\.jsonl: has no examples/],
    [
      'tokens of another vocabulary',
      [{ ...line, input_ids: [1, 2, 96] }],
      /:1: "input_ids" has 96 at index 2; the model's tokens are 0 to 95/,
    ],
  ])('%s', async (_, lines, message) => {
    await expect(evaluated(lines)).rejects.toThrow(message);
  });

  it('a model of random weights that no run has', async () => {
    const configuration = { model: { config: model }, data: { train: join(folder, 'data.jsonl') } };
    await expect(evaluated([line], { configuration })).rejects.toThrow(/give the run with --adapter/);
  });

  it('ends when asked to', async () => {
    const controller = new AbortController();
    controller.abort();
    const params = {
      configuration: { model, data: { train: join(folder, 'data.jsonl'), validation: 0 } },
      limit: null,
    };
    const asked = evaluateModel(
      { ...params, file: join(folder, 'a.mora.json'), base: true, exactMatch: true, rows: null },
      () => undefined,
      controller.signal,
    );
    await expect(asked).rejects.toMatchObject({ name: 'AbortError' });
  });
});
