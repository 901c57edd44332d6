import { afterEach, describe, expect, it } from 'vitest';
import { quantise, type QuantisedArrays } from '../../../src/engine/models/quantise';
import { Quantiser } from '../../../src/engine/models/quantiser';

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

describe('weights of a model', () => {
  it.each([
    ['few are quantised here', 1e5],
    ['many by threads', 1e9],
  ])('%s, each as by itself', async (_, total) => {
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
});
