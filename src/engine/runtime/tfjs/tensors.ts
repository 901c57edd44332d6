import { tfType, type ElementType, type Shape } from '../../graph/value';
import { elementType, requireEntries } from '../hostData';
import type { HostTensor, ResidentTensor, TensorData } from '../runtime';
import type { OwnedTfTensor, TensorFlowLibrary } from './library';

/** Ordinary memory, copied with every run that reads it. */
export class TfHostTensor implements HostTensor {
  readonly type: ElementType;

  constructor(
    readonly data: TensorData,
    readonly shape: Shape,
  ) {
    requireEntries(data, shape);
    this.type = elementType(data);
  }

  /** A copy, also where TensorFlow.js computes in ordinary memory: what is kept of it must not change with the original. */
  copyFor(tf: TensorFlowLibrary): OwnedTfTensor {
    return uploaded(tf, this.data instanceof Float32Array ? this.data.slice() : this.data, this);
  }
}

/** Ordinary memory with a copy in TensorFlow.js, made when a program first reads it. */
export class TfConstant extends TfHostTensor {
  private copy: OwnedTfTensor | undefined;

  constructor(
    data: TensorData,
    shape: Shape,
    private readonly tf: TensorFlowLibrary,
  ) {
    super(data, shape);
  }

  get tensor(): OwnedTfTensor {
    return (this.copy ??= this.tf.keep(uploaded(this.tf, this.data, this)));
  }

  release(): void {
    this.copy?.dispose();
    this.copy = undefined;
  }
}

/** A tensor of TensorFlow.js, made by the program that last gave it as output. */
export class TfResidentTensor implements ResidentTensor {
  readonly type: ElementType = 'float32';
  private held: OwnedTfTensor | undefined;

  constructor(readonly shape: Shape) {}

  get tensor(): OwnedTfTensor | undefined {
    return this.held;
  }

  hold(tensor: OwnedTfTensor): void {
    this.held?.dispose();
    this.held = tensor;
  }

  dispose(): void {
    this.held?.dispose();
    this.held = undefined;
  }
}

function uploaded(tf: TensorFlowLibrary, data: TensorData, { shape, type }: HostTensor): OwnedTfTensor {
  return tf.tensor(numbers(data), shape, tfType(type)) as OwnedTfTensor;
}

function numbers(data: TensorData): Float32Array | Int32Array {
  if (data instanceof Float32Array) return data;
  return data instanceof BigInt64Array ? Int32Array.from(data, Number) : Float32Array.from(data);
}
