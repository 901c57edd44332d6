import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { moraStructure } from '../../../src/engine/adapters/mora/moraStructure';
import type { AdapterModule } from '../../../src/engine/checkpoint/adapterState';
import { compareLogits } from '../../../src/engine/export/compareLogits';
import { logitsOf, type ReadBackModel } from '../../../src/engine/export/logits';
import { testSequences } from '../../../src/engine/export/testSequences';
import { Tokenizer } from '../../../src/engine/data/tokenizer';
import { decoderLinears } from '../../../src/engine/models/decoderConfig';
import { readDecoderConfig } from '../../../src/engine/models/family';
import { openModelFolder } from '../../../src/engine/weights/modelFolder';
import { oracleFloats, oracleParameter } from '../../support/oracleBatch';
import { readOracleCase, type OracleCase } from '../../support/oracleCase';
import { EMBEDDED_MODEL } from '../checkpoint/adapters';

const fixture = (family: string): string => join(import.meta.dirname, '../../fixtures/oracle', family);

async function open(folder: string): Promise<ReadBackModel> {
  return { config: await readDecoderConfig(folder), weights: await openModelFolder(folder) };
}

/** The examples of the packed batch, each by itself: where it begins in the batch, and its tokens and labels. */
function unpacked(oracle: OracleCase): { at: number; tokens: Int32Array; labels: Int32Array }[] {
  const whole = (name: string): Int32Array =>
    Int32Array.from(oracle.tensors.get(name)!.values as BigInt64Array, (value) => Number(value));
  const [tokens, labels, positions] = [whole('input_ids'), whole('labels'), whole('position_ids')];
  const starts = [...positions.keys()].filter((at) => positions[at] === 0);
  return starts.map((at, nth) => ({
    at,
    tokens: tokens.slice(at, starts[nth + 1]),
    labels: labels.slice(at, starts[nth + 1]),
  }));
}

function oracleModules(oracle: OracleCase, config: ReadBackModel['config'], name: string): AdapterModule[] {
  const { mora_type: type, rank } = oracle.adapters.find((adapter) => adapter.name === name)!;
  return decoderLinears(config).map((linear) => ({
    linear,
    structure: moraStructure({ dIn: linear.dIn, dOut: linear.dOut, rank: rank!, type: type! }),
    parameters: { M: oracleParameter(oracle, name, 'param', linear.name) },
  }));
}

describe.each(['llama', 'llama3'])('logits of %s', (family) => {
  const oracle = readOracleCase(family);
  const examples = unpacked(oracle);

  it('are those of PyTorch, and with an adapter give the loss that PyTorch gives', async () => {
    const model = await open(fixture(family));
    const { vocabularySize } = model.config;
    const names = ['mora1', 'mora6'];
    const variants = [[], ...names.map((name) => oracleModules(oracle, model.config, name))];
    const [base, ...adapted] = await logitsOf(
      model,
      variants,
      examples.map(({ tokens }) => tokens),
    );
    await model.weights.close();
    const expected = oracleFloats(oracle, 'logits');
    const wanted = examples.map(({ at, tokens }) =>
      expected.slice(at * vocabularySize, (at + tokens.length) * vocabularySize),
    );
    const { largest, scale, changedTokens, positions } = compareLogits(wanted, base!, vocabularySize);
    expect(largest).toBeLessThan(1e-4 * scale);
    expect({ changedTokens, positions }).toEqual({ changedTokens: 0, positions: 72 });
    names.forEach((name, index) => {
      const loss = meanLoss(
        adapted[index]!,
        examples.map(({ labels }) => labels),
        vocabularySize,
      );
      expect(Math.abs(loss - oracleFloats(oracle, `${name}/loss`)[0]!)).toBeLessThan(2e-5);
    });
  });
});

it('stops when asked to while it loads', async () => {
  const model = await open(fixture('llama'));
  const controller = new AbortController();
  const loading = logitsOf(model, [[]], [Int32Array.of(1, 2)], {
    signal: controller.signal,
    onProgress: () => controller.abort(),
  });
  await expect(loading).rejects.toMatchObject({ name: 'AbortError' });
  await model.weights.close();
});

describe('compareLogits', () => {
  const logits = [Float32Array.of(1, 2, 3, -8, 5, 4)];

  it('gives the largest difference, the scale, and how many likeliest tokens changed', () => {
    const moved = [Float32Array.of(1, 2, 3, -8, 5, 5.5)];
    expect(compareLogits(logits, moved, 3)).toEqual({ largest: 1.5, scale: 8, changedTokens: 1, positions: 2 });
    expect(compareLogits(logits, logits, 3)).toEqual({ largest: 0, scale: 8, changedTokens: 0, positions: 2 });
  });

  it('never takes NaN for agreement', () => {
    expect(compareLogits(logits, [Float32Array.of(NaN, 2, 3, -8, 5, 4)], 3).largest).toBeNaN();
    expect(compareLogits([Float32Array.of(1, NaN)], [Float32Array.of(1, 2)], 2).largest).toBeNaN();
  });

  it('refuses logits of another size', () => {
    expect(() => compareLogits(logits, [Float32Array.of(1)], 3)).toThrow(RangeError);
    expect(() => compareLogits(logits, [], 3)).toThrow(RangeError);
  });
});

describe('the sequences to compare on', () => {
  it('are always the same, of the whole vocabulary, with a text where there is a tokenizer', async () => {
    const config = await readDecoderConfig(EMBEDDED_MODEL);
    const tokenizer = await Tokenizer.load(EMBEDDED_MODEL);
    const sequences = await testSequences(config, tokenizer);
    expect(sequences).toEqual(await testSequences(config, tokenizer));
    expect(sequences).toHaveLength(4);
    expect(await testSequences(config, undefined)).toEqual(sequences.slice(0, 3));
    const tokens = sequences.slice(0, 3).flatMap((sequence) => [...sequence]);
    expect(new Set(tokens).size).toBeGreaterThan(90);
    expect(Math.max(...tokens)).toBeLessThan(config.vocabularySize);
    expect(Math.max(...tokens)).toBeGreaterThan(0.9 * config.vocabularySize);
  });
});

/** Mean −ln p of each label that counts, by the token before it. */
function meanLoss(logits: readonly Float32Array[], labels: readonly Int32Array[], vocabularySize: number): number {
  let sum = 0;
  let count = 0;
  logits.forEach((values, sequence) => {
    for (let t = 0; t + 1 < labels[sequence]!.length; t++) {
      const label = labels[sequence]![t + 1]!;
      if (label < 0) continue;
      const row = values.subarray(t * vocabularySize, (t + 1) * vocabularySize);
      sum += Math.log(row.reduce((total, value) => total + Math.exp(value), 0)) - row[label]!;
      count++;
    }
  });
  return sum / count;
}
