import { expect, test } from 'vitest';
import { convertFloats } from '../../../src/engine/weights/floatConversion';

/** The value of a half by the definition of IEEE 754. */
function halfValue(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = (bits & 1023) / 1024;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return exponent === 0 ? sign * 2 ** -14 * fraction : sign * 2 ** (exponent - 15) * (1 + fraction);
}

test('every half converts exactly', () => {
  const halves = Uint16Array.from({ length: 1 << 16 }, (_, bits) => bits);
  const values = new Float32Array(halves.length);
  convertFloats('F16', new Uint8Array(halves.buffer), values, 0);
  expect(values).toEqual(Float32Array.from(halves, halfValue));
  expect(Object.is(values[0x8000], -0)).toBe(true);
});

test('bfloat16 is the upper half of float32', () => {
  const bits = [0x0000, 0x8000, 0x3f80, 0xbf80, 0x4049, 0x7f80, 0xff80, 0x0001, 0x7f7f];
  const values = new Float32Array(bits.length + 1);
  convertFloats('BF16', new Uint8Array(Uint16Array.from(bits).buffer), values, 1);
  const largest = (2 - 2 ** -7) * 2 ** 127;
  expect([...values]).toEqual([0, 0, -0, 1, -1, 3.140625, Infinity, -Infinity, 2 ** -133, largest]);
});

test('bfloat16 NaN stays NaN', () => {
  const values = new Float32Array(1);
  convertFloats('BF16', new Uint8Array(Uint16Array.of(0x7fc0).buffer), values, 0);
  expect(values[0]).toBeNaN();
});

test('float64 rounds to nearest', () => {
  const values = new Float32Array(2);
  convertFloats('F64', new Uint8Array(Float64Array.of(0.1, 1 + 2 ** -25).buffer), values, 0);
  expect([...values]).toEqual([Math.fround(0.1), 1]);
});
