import type { Program } from '../graph/program';
import type { ElementType, Shape } from '../graph/value';

export type TensorData = Float32Array | BigInt64Array | Int8Array | Uint8Array;

/** A tensor that programs read and write. */
export interface RuntimeTensor {
  readonly type: ElementType;
  readonly shape: Shape;
}

/** A tensor in ordinary memory, which both sides read and write. */
export interface HostTensor extends RuntimeTensor {
  readonly data: TensorData;
}

/** A tensor in memory of the runtime's own, for what one program leaves for another. */
export interface ResidentTensor extends RuntimeTensor {
  dispose(): void;
}

/** A compiled program. */
export interface Executable {
  /**
   * Runs once. Writes into the tensors of `outputs`; every output of the program must be there. Resolves when what was
   * written to ordinary memory is there: see `queuesRuns`.
   */
  run(inputs: Readonly<Record<string, RuntimeTensor>>, outputs: Readonly<Record<string, RuntimeTensor>>): Promise<void>;
  dispose(): Promise<void>;
}

/** Where graphs run. */
export interface Runtime {
  readonly name: string;
  compile(program: Program): Promise<Executable>;
  /** Makes memory visible to the runtime. A CPU uses the array itself; to and from a GPU it is copied with every run. */
  tensor(data: TensorData, shape: Shape): HostTensor;
  /** The same for what many runs read and few change: it is copied to a GPU once, and again after `dropCopy`. */
  constant(data: TensorData, shape: Shape): HostTensor;
  /** Must be called after writing to the memory of a constant, and when nobody will read it any more. */
  dropCopy(constant: HostTensor): void;
  /** Whether it reads memory that threads share, and a copy of any other; false unless given. */
  readonly sharesMemory?: boolean;
  /**
   * Whether a run may be asked for before earlier ones have ended; false unless given. They go in their order, and what
   * one reads must stay as it is until it, or a later one, has resolved that writes to ordinary memory.
   */
  readonly queuesRuns?: boolean;
  /**
   * Float32 memory where the runtime computes; absent where that is ordinary memory. `before` is given up for it, and its
   * memory may be taken over.
   */
  readonly resident?: (shape: Shape, before?: ResidentTensor) => ResidentTensor;
}
