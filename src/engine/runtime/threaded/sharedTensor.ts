import type { SharedMemory } from './threadMessages';
import { elementType, requireEntries } from '../hostData';
import type { HostTensor, TensorData } from '../runtime';
import { sizeOf, type ElementType, type Shape } from '../../graph/value';

/** An array over memory that threads share. */
export type SharedData = TensorData & { readonly buffer: SharedArrayBuffer };

const ARRAYS = {
  float32: (length: number) => new Float32Array(new SharedArrayBuffer(4 * length)),
  int64: (length: number) => new BigInt64Array(new SharedArrayBuffer(8 * length)),
  int8: (length: number) => new Int8Array(new SharedArrayBuffer(length)),
  uint8: (length: number) => new Uint8Array(new SharedArrayBuffer(length)),
} as const satisfies Record<ElementType, (length: number) => SharedData>;

let tensors = 0;

/** A name for a tensor that no other of this process has. */
export function nextTensorId(): number {
  return ++tensors;
}

/** A tensor that several threads read and write. */
export class SharedTensor implements HostTensor {
  readonly id = nextTensorId();
  readonly type: ElementType;
  readonly shared: SharedData;

  /**
   * `data`: what the main thread reads and writes; where its memory is not shared, programs read a copy of it.
   * `isConstant`: whether it stays as it is for as long as the tensor lives.
   */
  constructor(
    readonly data: TensorData,
    readonly shape: Shape,
    readonly isConstant = false,
  ) {
    requireEntries(data, shape);
    this.type = elementType(data);
    this.shared = isShared(data) ? data : sharedArray(this.type, data.length);
  }

  /** Whether `data` is what the threads read and write. */
  get isShared(): boolean {
    return this.shared === this.data;
  }

  get memory(): SharedMemory {
    const { id, shape, shared, isConstant } = this;
    return { id, shape, data: shared, isConstant };
  }

  /** Brings what the main thread wrote to the threads. */
  publish(): void {
    if (!this.isShared) copyInto(this.shared, this.data);
  }

  /** Brings what a program wrote to the main thread. */
  collect(): void {
    if (!this.isShared) copyInto(this.data, this.shared);
  }
}

/** A constant in shared memory, with the values of an array that may be anywhere. */
export function sharedConstant(data: TensorData, shape: Shape): SharedTensor {
  if (isShared(data)) return new SharedTensor(data, shape, true);
  const shared = sharedArray(elementType(data), sizeOf(shape));
  copyInto(shared, data);
  return new SharedTensor(shared, shape, true);
}

/** Zeros. */
export function sharedArray<Type extends ElementType>(type: Type, length: number): ReturnType<(typeof ARRAYS)[Type]> {
  return ARRAYS[type](length) as ReturnType<(typeof ARRAYS)[Type]>;
}

/** Copies between arrays of the same type and length. */
export function copyInto(to: TensorData, from: TensorData): void {
  (to as Float32Array).set(from as Float32Array);
}

function isShared(data: TensorData): data is SharedData {
  return data.buffer instanceof SharedArrayBuffer;
}
