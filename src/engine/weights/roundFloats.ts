import type { FloatDtype } from './dtype';

/** Bytes of one element. */
export const FLOAT_BYTES: Readonly<Record<FloatDtype, number>> = { F64: 8, F32: 4, F16: 2, BF16: 2 };

/**
 * The largest error of rounding a normal number to this format, as a share of the number: half a unit in the last of 53,
 * 24, 11 or 8 significant bits. float64 keeps float32 as it is.
 */
export const UNIT_ROUNDOFF: Readonly<Record<FloatDtype, number>> = {
  F64: 0,
  F32: 2 ** -24,
  F16: 2 ** -11,
  BF16: 2 ** -8,
};

/**
 * The bytes of float32 `values` in another format, little-endian, each rounded to the nearest, ties to even (IEEE 754).
 * What is too large becomes infinite; NaN stays NaN. Returns `target` cut to what was written; it must be long enough
 * and begin at a multiple of the element size in its buffer.
 * Node runs on little-endian machines wherever our runtimes do, so typed arrays have the file's order.
 */
export function roundFloats(dtype: FloatDtype, values: Float32Array, target: Uint8Array<ArrayBuffer>): Uint8Array {
  const count = values.length;
  const bits = new Uint32Array(values.buffer, values.byteOffset, count);
  switch (dtype) {
    case 'F64':
      new Float64Array(target.buffer, target.byteOffset, count).set(values);
      break;
    case 'F32':
      new Float32Array(target.buffer, target.byteOffset, count).set(values);
      break;
    case 'BF16': {
      const out = new Uint16Array(target.buffer, target.byteOffset, count);
      for (let i = 0; i < count; i++) out[i] = bfloat16Bits(bits[i] as number);
      break;
    }
    case 'F16': {
      const out = new Uint16Array(target.buffer, target.byteOffset, count);
      for (let i = 0; i < count; i++) out[i] = halfBits(bits[i] as number, values[i] as number);
      break;
    }
  }
  return target.subarray(0, count * FLOAT_BYTES[dtype]);
}

/** bfloat16 is the upper half of float32; a carry out of the fraction rightly goes into the exponent. */
function bfloat16Bits(bits: number): number {
  // Rounding up could carry a NaN over into infinity or zero; the quiet bit keeps it a NaN.
  if ((bits & 0x7fffffff) > 0x7f800000) return (bits >>> 16) | 0x40;
  return (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;
}

const FLOAT_INFINITY = 0x7f800000;
/** float32 bits of 65,520, halfway between the largest half and what would be the next. */
const HALF_OVERFLOW = 0x477ff000;
/** float32 bits of 2⁻¹⁴, the smallest normal half. */
const HALF_NORMAL = 0x38800000;

function halfBits(bits: number, value: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > FLOAT_INFINITY) return sign | 0x7e00;
  if (magnitude >= HALF_OVERFLOW) return sign | 0x7c00;
  if (magnitude >= HALF_NORMAL) {
    // The exponent's bias falls from 127 to 15, the fraction from 23 bits to 10.
    const rebiased = magnitude - (112 << 23);
    return sign | ((rebiased + 0xfff + ((rebiased >>> 13) & 1)) >>> 13);
  }
  // Subnormal halves are multiples of 2⁻²⁴; the product is exact in float64.
  return sign | roundToEven(Math.abs(value) * 2 ** 24);
}

function roundToEven(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
}
