import type { Program } from '../graph/program';
import type { ElementType, Shape } from '../graph/value';

export type TensorData = Float32Array | BigInt64Array | Int8Array | Uint8Array;

/** A tensor where the runtime computes. On a CPU its data is ordinary memory that both sides read and write. */
export interface RuntimeTensor {
  readonly type: ElementType;
  readonly shape: Shape;
  readonly data: TensorData;
}

/** A compiled program. */
export interface Executable {
  /** Runs once. Writes into the tensors of `outputs`; every output of the program must be there. */
  run(inputs: Readonly<Record<string, RuntimeTensor>>, outputs: Readonly<Record<string, RuntimeTensor>>): Promise<void>;
  dispose(): Promise<void>;
}

/** Where graphs run. */
export interface Runtime {
  readonly name: string;
  compile(program: Program): Promise<Executable>;
  /** Makes memory visible to the runtime; on a CPU the array itself is used, not copied. */
  tensor(data: TensorData, shape: Shape): RuntimeTensor;
}
