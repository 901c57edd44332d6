import { sizeOf, type ElementType, type Shape } from '../graph/value';
import type { TensorData } from './runtime';

export function elementType(data: TensorData): ElementType {
  if (data instanceof Float32Array) return 'float32';
  if (data instanceof BigInt64Array) return 'int64';
  return data instanceof Int8Array ? 'int8' : 'uint8';
}

/** Copies between arrays of one type and length. */
export function copyInto(to: TensorData, from: TensorData): void {
  (to as Float32Array).set(from as Float32Array);
}

/** sum ← sum + part, entry by entry. */
export function addInto(sum: Float32Array, part: Float32Array): void {
  for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + (part[i] as number);
}

/** Throws where an array has not as many entries as its shape says. */
export function requireEntries(data: TensorData, shape: Shape): void {
  if (data.length !== sizeOf(shape)) throw new Error(`tensor [${shape.join(', ')}] with ${data.length} entries`);
}

/** Throws where a tensor has not as many entries as a program takes. */
export function requireSize(tensor: { readonly shape: Shape }, name: string, shape: Shape): void {
  if (sizeOf(tensor.shape) !== sizeOf(shape)) {
    throw new Error(`"${name}" is [${tensor.shape.join(', ')}], the program takes [${shape.join(', ')}]`);
  }
}
