import { sizeOf, type Shape } from '../graph/value';
import { sharedArray } from './threaded/sharedData';
import type { HostTensor, ResidentTensor, Runtime, RuntimeTensor } from './runtime';

/** A buffer in ordinary memory. */
export type HostBuffer = HostTensor & { readonly data: Float32Array };

/**
 * Named float32 buffers that grow to the largest shape asked for and are reused: the step loop allocates nothing, and
 * memory is that of the largest batch however many shapes there are. A name's tensor is valid until the name is asked
 * for again.
 */
export class BufferPool {
  private readonly slots = new Map<string, { memory: Float32Array; tensors: Map<string, HostBuffer> }>();
  private readonly residents = new Map<string, ResidentTensor>();

  constructor(private readonly runtime: Runtime) {}

  tensor(name: string, shape: Shape): HostBuffer {
    const size = sizeOf(shape);
    let slot = this.slots.get(name);
    if (slot === undefined || slot.memory.length < size) {
      for (const tensor of slot?.tensors.values() ?? []) this.runtime.dropCopy(tensor);
      slot = {
        memory: this.runtime.sharesMemory === true ? sharedArray('float32', size) : new Float32Array(size),
        tensors: new Map(),
      };
      this.slots.set(name, slot);
    }
    const key = shape.join('x');
    let tensor = slot.tensors.get(key);
    if (tensor === undefined) {
      tensor = this.runtime.tensor(slot.memory.subarray(0, size), shape) as HostBuffer;
      slot.tensors.set(key, tensor);
    }
    return tensor;
  }

  /** A buffer that only programs read and write: it stays where the runtime computes. */
  resident(name: string, shape: Shape): RuntimeTensor {
    if (this.runtime.resident === undefined) return this.tensor(name, shape);
    const known = this.residents.get(name);
    if (known?.shape.join('x') === shape.join('x')) return known;
    const made = this.runtime.resident(shape, known);
    this.residents.set(name, made);
    return made;
  }

  dispose(): void {
    for (const resident of this.residents.values()) resident.dispose();
    this.residents.clear();
    this.slots.clear();
  }

  /** Bytes held. */
  get bytes(): number {
    return [...this.slots.values()].reduce((sum, { memory }) => sum + memory.byteLength, 0);
  }
}
