import type { ElementType } from '../../graph/value';
import type { TensorData } from '../runtime';

/** An array over memory that threads share. */
export type SharedData = TensorData & { readonly buffer: SharedArrayBuffer };

const ARRAYS = {
  float32: (length: number) => new Float32Array(new SharedArrayBuffer(4 * length)),
  int64: (length: number) => new BigInt64Array(new SharedArrayBuffer(8 * length)),
  int8: (length: number) => new Int8Array(new SharedArrayBuffer(length)),
  uint8: (length: number) => new Uint8Array(new SharedArrayBuffer(length)),
} as const satisfies Record<ElementType, (length: number) => SharedData>;

/** Zeros. */
export function sharedArray<Type extends ElementType>(type: Type, length: number): ReturnType<(typeof ARRAYS)[Type]> {
  return ARRAYS[type](length) as ReturnType<(typeof ARRAYS)[Type]>;
}

export function isShared(data: TensorData): data is SharedData {
  return data.buffer instanceof SharedArrayBuffer;
}
