import { describe, expect, it } from 'vitest';
import { integerProduct, quantisedRows } from '../../../src/engine/graph/ops/quantisation';
import { input } from '../../../src/engine/graph/value';
import { quantise } from '../../../src/engine/models/quantise';
import { largestDifference, times, transpose } from '../../support/dense';
import { compiled } from '../../support/evaluateGraph';
import { gaussians32, seededRandom } from '../../support/seededRandom';

const [N, K, M] = [7, 33, 12];

/** x A by ONNX Runtime, A in bytes with a scale for each column. */
async function product(
  x: Float32Array,
  entries: Int8Array,
  scales: Float32Array,
  positive: boolean,
): Promise<Float32Array> {
  const inputs = [input('x', [N, K]), input('entries', [K, M], 'int8'), input('scales', [M])] as const;
  const rows = quantisedRows(inputs[0], { positive });
  const graph = await compiled(inputs, [integerProduct(rows, inputs[1], inputs[2])]);
  const [found] = await graph.run([x, entries, scales]);
  await graph.dispose();
  return found as Float32Array;
}

/** The same with numbers of double precision: rows rounded to the nearest multiple of their largest entry / steps. */
function reference(x: Float32Array, entries: Int8Array, scales: Float32Array, steps: number): Float64Array {
  const rounded = Float64Array.from(x, (value, at) => {
    const row = x.subarray(Math.floor(at / K) * K, (Math.floor(at / K) + 1) * K);
    const scale = Math.max(...row.map(Math.abs)) / steps;
    return scale === 0 ? 0 : Math.round(value / scale) * scale;
  });
  return times(
    rounded,
    Float64Array.from(entries, (entry, at) => entry * scales[at % M]!),
    N,
    K,
    M,
  );
}

describe('a product of bytes', () => {
  const random = seededRandom(3);
  const entries = Int8Array.from({ length: K * M }, () => Math.round(254 * random()) - 127);
  const scales = Float32Array.from({ length: M }, () => 0.01 + random());

  it('is that of the rounded rows, whatever the size of a row', async () => {
    const x = gaussians32(N * K, random).map((value, at) => value * 10 ** (Math.floor(at / K) - 3));
    const found = await product(x, entries, scales, false);
    const expected = reference(x, entries, scales, 127);
    for (let row = 0; row < N; row++) {
      const [a, b] = [found.subarray(row * M, (row + 1) * M), expected.subarray(row * M, (row + 1) * M)];
      // A value half-way between two multiples may go either way.
      expect(largestDifference(a, b)).toBeLessThan(2e-2 * Math.max(...b.map(Math.abs)));
    }
  });

  it('is exact for rows of whole steps, and for rows of zeros', async () => {
    const x = Float32Array.from({ length: N * K }, (_, at) => (at % K === 0 ? 127 : Math.round(254 * random()) - 127));
    x.fill(0, K, 2 * K);
    const found = await product(x, entries, scales, false);
    expect(found.subarray(M, 2 * M)).toEqual(new Float32Array(M));
    expect(
      largestDifference(
        found,
        times(
          x,
          Float64Array.from(entries, (e, at) => e * scales[at % M]!),
          N,
          K,
          M,
        ),
      ),
    ).toBeLessThan(0.1);
  });

  it('has 255 steps where nothing is negative', async () => {
    const x = Float32Array.from({ length: N * K }, (_, at) => (at % K === 0 ? 255 : Math.floor(256 * random())));
    const found = await product(x, entries, scales, true);
    expect(largestDifference(found, reference(x, entries, scales, 255))).toBeLessThan(0.2);
  });
});

describe('a quantised weight', () => {
  it('differs by at most half a step of each output forward, and of each input backward', () => {
    const random = seededRandom(8);
    const [dOut, dIn] = [70, 130];
    const weight = gaussians32(dOut * dIn, random).map(
      (value, at) => value * (1 + (at % dIn)) * (1 + Math.floor(at / dIn)),
    );
    weight.fill(0, 0, dIn);
    const { forward, forwardScales, backward, backwardScales } = quantise(weight, dOut, dIn);
    const across = transpose(Float64Array.from(forward), dIn, dOut);
    weight.forEach((value, at) => {
      const [i, j] = [Math.floor(at / dIn), at % dIn];
      expect(Math.abs(across[at]! * forwardScales[i]! - value)).toBeLessThanOrEqual(0.5001 * forwardScales[i]!);
      expect(Math.abs(backward[at]! * backwardScales[j]! - value)).toBeLessThanOrEqual(0.5001 * backwardScales[j]!);
    });
    expect(forwardScales[0]).toBe(0);
  });
});
