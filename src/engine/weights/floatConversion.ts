import type { FloatDtype } from './dtype';

/**
 * Converts little-endian floats of another format into `target`, from index `at` on. Exact except for F64, which rounds
 * to nearest. `bytes` must start at a multiple of the element size in its buffer.
 * Node runs on little-endian machines wherever our runtimes do, so typed arrays read the file's order.
 */
export function convertFloats(
  dtype: Exclude<FloatDtype, 'F32'>,
  bytes: Uint8Array,
  target: Float32Array,
  at: number,
): void {
  switch (dtype) {
    case 'BF16': {
      // bfloat16 is the upper half of float32.
      const source = new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 2);
      const bits = new Uint32Array(target.buffer, target.byteOffset, target.length);
      for (let i = 0; i < source.length; i++) bits[at + i] = (source[i] as number) << 16;
      return;
    }
    case 'F16': {
      const source = new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 2);
      const bits = new Uint32Array(target.buffer, target.byteOffset, target.length);
      const table = (halfTable ??= makeHalfTable());
      for (let i = 0; i < source.length; i++) bits[at + i] = table[source[i] as number] as number;
      return;
    }
    case 'F64':
      target.set(new Float64Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 8), at);
      return;
  }
}

/** float32 bits of each of the 65,536 halves; made at the first use. */
let halfTable: Uint32Array | undefined;

function makeHalfTable(): Uint32Array {
  return Uint32Array.from({ length: 1 << 16 }, (_, half) => floatBitsOfHalf(half));
}

/** IEEE 754: half has 5 exponent bits of bias 15 and 10 fraction bits, float 8 of bias 127 and 23. */
function floatBitsOfHalf(half: number): number {
  const sign = (half & 0x8000) << 16;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0x1f) return sign | 0x7f800000 | (fraction << 13);
  if (exponent !== 0) return sign | ((exponent + 112) << 23) | (fraction << 13);
  if (fraction === 0) return sign;
  // A subnormal half is fraction · 2⁻²⁴, normal as a float: shift its highest bit out to become the implicit one.
  const shift = Math.clz32(fraction) - 21;
  return sign | ((113 - shift) << 23) | (((fraction << shift) & 0x3ff) << 13);
}
