import { truncate } from 'node:fs/promises';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { UserError } from '../../../src/config/userError';
import { quantiseHead } from '../../../src/engine/models/head/quantiseHead';
import { HEAD_TILE } from '../../../src/engine/models/head/quantisedHead';
import { quantise, type QuantisedArrays } from '../../../src/engine/models/quantise';
import { Quantiser } from '../../../src/engine/models/quantiser';
import { openSafetensors, type SafetensorsFile } from '../../../src/engine/weights/safetensors';
import { writeSafetensors } from '../../../src/engine/weights/safetensorsWriter';
import { rowsOf } from '../../support/rowsOf';
import { temporaryFolder } from '../weights/bytes';

let quantiser: Quantiser;

afterEach(() => quantiser.close());

/** Matrices of different shapes, one of zeros. */
function weights(): { weight: Float32Array<ArrayBuffer>; dOut: number; dIn: number }[] {
  return Array.from({ length: 12 }, (_, index) => {
    const [dOut, dIn] = [65 + index, 130 - index];
    const weight = new Float32Array(dOut * dIn);
    if (index !== 5) weight.forEach((_, at) => (weight[at] = Math.fround(Math.sin(at * at + index))));
    return { weight, dOut, dIn };
  });
}

/** An open file of one matrix "w". */
async function fileOf(data: Float32Array, shape: readonly number[]): Promise<SafetensorsFile> {
  const file = `${await temporaryFolder()}/a.safetensors`;
  await writeSafetensors(file, new Map([['w', { dtype: 'F32', shape: [...shape], data }]]));
  const opened = await openSafetensors(file);
  onTestFinished(() => opened.close());
  return opened;
}

/** As many as are quantised here, and by threads. */
const TOTALS = [
  ['few are quantised here', 1e5],
  ['many by threads', 1e9],
] as const;

describe('weights of a model', () => {
  it.each(TOTALS)('%s, each as by itself', async (_, total) => {
    quantiser = new Quantiser(total, 20_000);
    const found: QuantisedArrays[] = [];
    for (const [index, { weight: values, ...shape }] of weights().entries()) {
      // Memory that held another weight before, and is longer than this one.
      const weight = quantiser.memory(values.length);
      weight.set(values);
      await quantiser.take({ weight, ...shape }, (arrays) => void (found[index] = arrays));
    }
    await quantiser.finish();
    expect(found).toEqual(weights().map(({ weight, dOut, dIn }) => quantise(weight, dOut, dIn)));
  });

  it('say that a thread failed, at the latest at the end', async () => {
    quantiser = new Quantiser(1e9, 20_000);
    const broken = { weight: new Float32Array(4), dOut: 2, dIn: -1 };
    await expect(
      (async () => {
        await quantiser.take(broken, () => undefined);
        await quantiser.finish();
      })(),
    ).rejects.toThrow(RangeError);
  });

  it.each(TOTALS)('are read from their file: %s', async (_, total) => {
    quantiser = new Quantiser(total, 0);
    const found: QuantisedArrays[] = [];
    for (const [index, { weight, dOut, dIn }] of weights().entries()) {
      const place = (await fileOf(weight, [dOut, dIn])).place('w')!;
      await quantiser.take({ place, dOut, dIn }, (arrays) => void (found[index] = arrays));
    }
    await quantiser.finish();
    expect(found).toEqual(weights().map(({ weight, dOut, dIn }) => quantise(weight, dOut, dIn)));
  });

  it.each(TOTALS)('and those of a head: %s', async (_, total) => {
    quantiser = new Quantiser(total, 0);
    const [vocabularySize, hiddenSize] = [HEAD_TILE + 100, 2];
    const values = new Float32Array(vocabularySize * hiddenSize).map((_, at) => Math.sin(at * at));
    const table = (await fileOf(values, [vocabularySize, hiddenSize])).place('w')!;
    const found = await quantiser.table({ table, vocabularySize, hiddenSize });
    expect(found).toEqual(quantiseHead(rowsOf(values, hiddenSize), { vocabularySize, hiddenSize }));
  });

  it('say what a user can do about them, from a thread too', async () => {
    quantiser = new Quantiser(1e9, 0);
    const file = await fileOf(new Float32Array(100), [10, 10]);
    const place = file.place('w')!;
    await truncate(file.file, place.end - 4);
    await quantiser.take({ place, dOut: 10, dIn: 10 }, () => undefined);
    const failed = expect(quantiser.finish()).rejects;
    await failed.toThrow(UserError);
    await failed.toThrow(/copy or download it again/);
  });
});
