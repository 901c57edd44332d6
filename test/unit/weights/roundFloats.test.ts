import { describe, expect, test } from 'vitest';
import { convertFloats } from '../../../src/engine/weights/floatConversion';
import { roundFloats, UNIT_ROUNDOFF } from '../../../src/engine/weights/roundFloats';
import { gaussians32, seededRandom } from '../../support/seededRandom';

function rounded(dtype: 'F16' | 'BF16', values: ArrayLike<number>): number[] {
  const bytes = roundFloats(dtype, Float32Array.from(values), new Uint8Array(2 * values.length));
  return [...new Uint16Array(bytes.buffer, bytes.byteOffset, values.length)];
}

function read(dtype: 'F16' | 'BF16', bits: ArrayLike<number>): Float32Array {
  const values = new Float32Array(bits.length);
  convertFloats(dtype, new Uint8Array(Uint16Array.from(bits).buffer), values, 0);
  return values;
}

const all = Uint16Array.from({ length: 1 << 16 }, (_, bits) => bits);

test.each(['F16', 'BF16'] as const)('every number of %s comes back with the same bits', (dtype) => {
  const values = read(dtype, all);
  const bits = rounded(dtype, values);
  for (let i = 0; i < all.length; i++) {
    if (Number.isNaN(values[i]!)) expect(read(dtype, [bits[i]!])[0]).toBeNaN();
    else if (bits[i] !== all[i]) expect.fail(`${values[i]} became ${bits[i]}, not ${all[i]}`);
  }
});

test.each(['F16', 'BF16'] as const)('halfway between two neighbours of %s the even one is taken', (dtype) => {
  const values = read(dtype, all);
  // Two numbers a step apart have neighbouring bits; the exact middle has one bit more, which float32 holds.
  for (let bits = 0; bits < 0x7fff; bits++) {
    const [low, high] = [values[bits]!, values[bits + 1]!];
    if (!Number.isFinite(high)) continue;
    const middle = (low + high) / 2;
    const even = bits % 2 === 0 ? bits : bits + 1;
    const step = Math.max(2 ** -23 * high, 2 ** -149);
    const found = rounded(dtype, [middle, -middle, middle - step, middle + step]);
    if (String(found) !== String([even, even | 0x8000, bits, bits + 1])) {
      expect.fail(`between ${low} and ${high}: ${String(found)}`);
    }
  }
});

// PyTorch: torch.tensor(x).half() and .bfloat16(), as the bits of int16.
test('numbers at the edges round as in PyTorch', () => {
  const edges = [65504, 65519.99, 65520, 1e30, 2 ** -24, 2 ** -25, 1.0001 * 2 ** -25, 6.1e-5, 3e38, 3.4e38, 0.1, -0];
  expect(rounded('F16', edges)).toEqual([
    0x7bff, 0x7bff, 0x7c00, 0x7c00, 0x0001, 0x0000, 0x0001, 0x03ff, 0x7c00, 0x7c00, 0x2e66, 0x8000,
  ]);
  expect(rounded('BF16', edges)).toEqual([
    0x4780, 0x4780, 0x4780, 0x714a, 0x3380, 0x3300, 0x3300, 0x3880, 0x7f62, 0x7f80, 0x3dcd, 0x8000,
  ]);
});

test('NaN stays NaN and infinity infinity', () => {
  const payload = new Float32Array(new Uint32Array([0x7f800001, 0xffffffff]).buffer);
  for (const dtype of ['F16', 'BF16'] as const) {
    expect([...read(dtype, rounded(dtype, [...payload, NaN]))]).toEqual([NaN, NaN, NaN]);
    const raw = roundFloats(dtype, payload, new Uint8Array(4));
    expect([...read(dtype, new Uint16Array(raw.buffer, 0, 2))]).toEqual([NaN, NaN]);
    expect([...read(dtype, rounded(dtype, [Infinity, -Infinity]))]).toEqual([Infinity, -Infinity]);
  }
});

describe('the unit roundoff', () => {
  test.each(['F16', 'BF16'] as const)('of %s bounds the error and is nearly reached', (dtype) => {
    const values = gaussians32(20_000, seededRandom(1));
    const back = read(dtype, rounded(dtype, values));
    const worst = values.reduce((max, value, i) => Math.max(max, Math.abs(back[i]! - value) / Math.abs(value)), 0);
    expect(worst).toBeLessThanOrEqual(UNIT_ROUNDOFF[dtype]);
    expect(worst).toBeGreaterThan(0.98 * UNIT_ROUNDOFF[dtype]);
  });
});

test('float32 and float64 are written as they are, into the start of a longer buffer', () => {
  const values = Float32Array.of(1.5, -0.1, 3e-45);
  const buffer = new Uint8Array(64);
  expect(new Float32Array(roundFloats('F32', values, buffer).slice().buffer)).toEqual(values);
  expect([...new Float64Array(roundFloats('F64', values, buffer).slice().buffer)]).toEqual([...values]);
});
