import { DTYPE_BITS, type Dtype } from '../weights/dtype';
import { convertFloats } from '../weights/floatConversion';
import { smallFloatValues } from './smallFloats';

/** Types of which no value is shown: elements that share bytes, and complex numbers. */
const NOT_DECODED: readonly Dtype[] = ['F4', 'F6_E2M3', 'F6_E3M2', 'C64'];

export function isDecoded(dtype: Dtype): boolean {
  return !NOT_DECODED.includes(dtype);
}

/** Bytes of one element of a type that is decoded. */
export function elementBytes(dtype: Dtype): number {
  return DTYPE_BITS[dtype] / 8;
}

/**
 * The values of little-endian elements as float64, in the first places of `target`. Exact but for 64-bit integers beyond
 * 2^53. `bytes` must hold whole elements and begin at a multiple of their size in its buffer; `halves` is room for as
 * many float32. Every type comes as float64, so that what loops over values meets one kind of array.
 */
export function decode(dtype: Dtype, bytes: Uint8Array, target: Float64Array, halves: Float32Array): Float64Array {
  const { buffer, byteOffset: at, byteLength } = bytes;
  const count = byteLength / elementBytes(dtype);
  const values = target.subarray(0, count);
  switch (dtype) {
    case 'F32':
      values.set(new Float32Array(buffer, at, count));
      return values;
    case 'F16':
    case 'BF16':
      convertFloats(dtype, bytes, halves, 0);
      values.set(halves.subarray(0, count));
      return values;
    case 'F64':
      values.set(new Float64Array(buffer, at, count));
      return values;
    case 'BOOL':
    case 'U8':
      values.set(bytes);
      return values;
    case 'I8':
      values.set(new Int8Array(buffer, at, count));
      return values;
    case 'I16':
      values.set(new Int16Array(buffer, at, count));
      return values;
    case 'U16':
      values.set(new Uint16Array(buffer, at, count));
      return values;
    case 'I32':
      values.set(new Int32Array(buffer, at, count));
      return values;
    case 'U32':
      values.set(new Uint32Array(buffer, at, count));
      return values;
    case 'I64':
      return ofBigInts(new BigInt64Array(buffer, at, count), values);
    case 'U64':
      return ofBigInts(new BigUint64Array(buffer, at, count), values);
    default: {
      const table = smallFloatValues(dtype);
      if (table === undefined) throw new RangeError(`elements of ${dtype} are not decoded`);
      for (let i = 0; i < count; i++) values[i] = table[bytes[i] as number] as number;
      return values;
    }
  }
}

function ofBigInts(source: BigInt64Array | BigUint64Array, values: Float64Array): Float64Array {
  for (let i = 0; i < source.length; i++) values[i] = Number(source[i]);
  return values;
}
