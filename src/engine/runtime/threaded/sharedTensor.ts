import type { SharedMemory } from './threadMessages';
import { copyInto, elementType, requireEntries } from '../hostData';
import type { HostTensor, TensorData } from '../runtime';
import type { ElementType, Shape } from '../../graph/value';
import { isShared, sharedArray, type SharedData } from './sharedData';

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
  const shared = sharedArray(elementType(data), data.length);
  copyInto(shared, data);
  return new SharedTensor(shared, shape, true);
}
