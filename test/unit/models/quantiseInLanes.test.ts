import { describe, expect, it } from 'vitest';
import type { Columns, QuantisedArrays } from '../../../src/engine/models/quantise';
import { fitsLanes, quantiseInLanes } from '../../../src/engine/models/quantiseInLanes';
import { quantisePlainly } from '../../../src/engine/models/quantisePlainly';
import { gaussians32, seededRandom } from '../../support/seededRandom';

/** A matrix with a row and a column of zeros, and a row of which every other entry lies between two whole numbers. */
function matrix(dOut: number, dIn: number): Float32Array {
  const weight = gaussians32(dOut * dIn, seededRandom(dOut + dIn));
  weight.fill(0, 0, dIn);
  for (let i = 0; i < dOut; i++) weight[i * dIn + 5] = 0;
  for (let j = 0; j < dIn; j++) weight[2 * dIn + j] = ((j % 255) - 127) / 2;
  weight[2 * dIn] = 127;
  return weight;
}

function bytesOf(arrays: QuantisedArrays): Record<string, Buffer> {
  return Object.fromEntries(
    Object.entries(arrays).map(([name, array]) => [name, Buffer.from((array as Int8Array<ArrayBuffer>).buffer)]),
  );
}

describe('sixteen weights at once', () => {
  // One turn of each loop; more rows than are taken at once, and not a multiple of those; a wide row.
  it.each([
    [16, 16],
    [16 * 9, 576],
    [208, 1536],
    [32, 16 * 300],
  ])('of [%i, %i] are rounded as each by itself, to the bit', (dOut, dIn) => {
    const weight = matrix(dOut, dIn);
    const columns: Columns = {
      centre: gaussians32(dIn, seededRandom(1)),
      largest: new Float32Array(dIn).map((_, j) => 200 + j),
    };
    expect(fitsLanes(dOut, dIn)).toBe(true);
    for (const given of [undefined, columns]) {
      const found = bytesOf(quantiseInLanes(weight, dOut, dIn, given));
      const expected = bytesOf(quantisePlainly(weight, dOut, dIn, given));
      expect(Object.keys(found)).toEqual(Object.keys(expected));
      for (const [name, bytes] of Object.entries(expected)) {
        expect(found[name]?.equals(bytes), name).toBe(true);
      }
    }
  });

  it('tell of a weight that is not a number', () => {
    const weight = matrix(16, 32);
    weight[3 * 32 + 7] = NaN;
    const { forwardScales, backwardScales } = quantiseInLanes(weight, 16, 32);
    expect([forwardScales[3], backwardScales[7]]).toEqual([NaN, NaN]);
    expect(forwardScales.filter(Number.isNaN)).toHaveLength(1);
    expect(backwardScales.filter(Number.isNaN)).toHaveLength(1);
  });

  it('take whole sixteens alone', () => {
    expect([fitsLanes(16, 24), fitsLanes(24, 16), fitsLanes(0, 16)]).toEqual([false, false, false]);
  });
});
