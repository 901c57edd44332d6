import type { Tensor } from 'onnxruntime-node';
import { sizeOf } from '../../graph/value';
import { copyInto, elementType } from '../hostData';
import { OnnxHostTensor } from '../onnxTensor';
import type { OwnMemory, SharedMemory } from './threadMessages';

/** A tensor in memory of the thread, which may be larger. */
interface Own {
  readonly memory: Float32Array;
  readonly tensor: OnnxHostTensor;
}

/** A place for a copy, as large as the largest that it held, and the constant that it holds, if it holds one. */
interface Stage {
  readonly memory: OnnxHostTensor['data'];
  readonly tensors: Map<string, OnnxHostTensor>;
  constant: number | undefined;
}

/**
 * The tensors that a thread knows. Those that only its programs read and write are in memory of its own. Shared memory is none
 * that ONNX Runtime's binding takes: it is copied to a stage before a run and from one after it. There is one for each name,
 * so that all layers' weights go through the same few.
 */
export class ThreadMemory {
  private readonly own = new Map<number, Own>();
  private readonly shared = new Map<number, SharedMemory>();
  private readonly stages = new Map<string, Stage>();

  share(tensor: SharedMemory): void {
    this.shared.set(tensor.id, tensor);
  }

  hold({ id, shape, replaces }: OwnMemory): void {
    const size = sizeOf(shape);
    const before = replaces === undefined ? undefined : this.own.get(replaces)?.memory;
    if (replaces !== undefined) this.own.delete(replaces);
    const memory = before !== undefined && before.length >= size ? before : new Float32Array(size);
    this.own.set(id, { memory, tensor: new OnnxHostTensor(memory.subarray(0, size), shape) });
  }

  forget(id: number): void {
    this.own.delete(id);
    this.shared.delete(id);
    for (const stage of this.stages.values()) if (stage.constant === id) stage.constant = undefined;
  }

  /** A tensor as a program reads it under a name. */
  input(name: string, id: number): Tensor {
    const own = this.own.get(id);
    if (own !== undefined) return own.tensor.onnx;
    const shared = this.sharedBy(id);
    const stage = this.stage(`in ${name}`, shared);
    const tensor = staged(stage, shared);
    if (stage.constant !== id) {
      copyInto(tensor.data, shared.data);
      stage.constant = shared.isConstant ? id : undefined;
    }
    return tensor.onnx;
  }

  /** Where a program writes what it gives under a name; `publish` brings it to a tensor. */
  output(name: string, id: number): Tensor {
    const own = this.own.get(id);
    if (own !== undefined) return own.tensor.onnx;
    const shared = this.sharedBy(id);
    return staged(this.stage(`out ${name}`, shared), shared).onnx;
  }

  publish(name: string, id: number): void {
    if (this.own.has(id)) return;
    const shared = this.sharedBy(id);
    copyInto(shared.data, staged(this.stage(`out ${name}`, shared), shared).data);
  }

  private sharedBy(id: number): SharedMemory {
    const shared = this.shared.get(id);
    if (shared === undefined) throw new Error(`a thread was not told of tensor ${id}`);
    return shared;
  }

  private stage(name: string, { data }: SharedMemory): Stage {
    const key = `${name} ${elementType(data)}`;
    let stage = this.stages.get(key);
    if (stage === undefined || stage.memory.length < data.length) {
      const array = data.constructor as new (length: number) => OnnxHostTensor['data'];
      stage = { memory: new array(data.length), tensors: new Map(), constant: undefined };
      this.stages.set(key, stage);
    }
    return stage;
  }
}

/** The tensor in a stage that is of one's size. */
function staged({ memory, tensors }: Stage, { data, shape }: SharedMemory): OnnxHostTensor {
  const key = shape.join('x');
  let tensor = tensors.get(key);
  if (tensor === undefined) {
    tensor = new OnnxHostTensor(memory.subarray(0, data.length), shape);
    tensors.set(key, tensor);
  }
  return tensor;
}
