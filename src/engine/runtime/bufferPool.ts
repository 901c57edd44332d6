import { sizeOf, type Shape } from '../graph/value';
import type { Runtime, RuntimeTensor } from './runtime';

/**
 * Named float32 buffers that grow to the largest shape asked for and are reused: the step loop allocates nothing, and
 * memory is that of the largest batch however many shapes there are. A name's tensor is valid until the name is asked
 * for again.
 */
export class BufferPool {
  private readonly slots = new Map<string, { memory: Float32Array; tensors: Map<string, RuntimeTensor> }>();

  constructor(private readonly runtime: Runtime) {}

  tensor(name: string, shape: Shape): RuntimeTensor & { readonly data: Float32Array } {
    const size = sizeOf(shape);
    let slot = this.slots.get(name);
    if (slot === undefined || slot.memory.length < size) {
      slot = { memory: new Float32Array(size), tensors: new Map() };
      this.slots.set(name, slot);
    }
    const key = shape.join('x');
    let tensor = slot.tensors.get(key);
    if (tensor === undefined) {
      tensor = this.runtime.tensor(slot.memory.subarray(0, size), shape);
      slot.tensors.set(key, tensor);
    }
    return tensor as RuntimeTensor & { readonly data: Float32Array };
  }

  /** Bytes held. */
  get bytes(): number {
    return [...this.slots.values()].reduce((sum, { memory }) => sum + memory.byteLength, 0);
  }
}
