import { moduleBytes, type Kernel } from './assemble';
import { accumulate, subtractAndAccumulate, subtractPair, timesVector } from './bidiagonalKernels';
import { qdRows, qdRowsOfTwo } from './qdKernel';
import { columnMinus, combine, dot } from './vectorKernels';

/** What the types of ES2023 lack and every engine has: WebAssembly belongs to those of the browser. */
interface WebAssemblyApi {
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new (module: object) => { readonly exports: object };
}

/** The memory that the kernels of a module share. */
interface KernelMemory {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
}

export interface Kernels extends KernelMemory {
  /** (rows / 4, width, a, stride, p, q, v, w, u, sums), see bidiagonalKernels.ts. */
  readonly subtractAndAccumulate: (...places: readonly number[]) => void;
  /** (rows / 4, width, a, stride, p, q, w, u) */
  readonly subtractPair: (...places: readonly number[]) => void;
  /** (rows / 4, width, a, stride, v, sums) */
  readonly accumulate: (...places: readonly number[]) => void;
  /** (rows / 4, width, a, stride, u, dots) */
  readonly timesVector: (...places: readonly number[]) => void;
  /** (width, x, y), see vectorKernels.ts. */
  readonly dot: (...places: readonly number[]) => number;
  /** (width, out, x, y, α, β) */
  readonly combine: (...places: readonly number[]) => void;
  /** (rows / 4, a, stride, p, q, out, α, β) */
  readonly columnMinus: (...places: readonly number[]) => void;
  /** (rows, q, e, next q, next e, state), see qdKernel.ts. */
  readonly qdRows: (...places: readonly number[]) => void;
  /** The same with two addresses for each. */
  readonly qdRowsOfTwo: (...places: readonly number[]) => void;
}

let compiled: Kernels | undefined;

/** The kernels and their memory, compiled when they are first needed: it takes less than a millisecond. */
export function kernels(): Kernels {
  return (compiled ??= instantiate<Kernels>([
    subtractAndAccumulate,
    subtractPair,
    accumulate,
    timesVector,
    dot,
    combine,
    columnMinus,
    qdRows,
    qdRowsOfTwo,
  ]));
}

/** Compiles kernels; `T` has a function for each, which takes its parameters. */
export function instantiate<T extends KernelMemory>(all: readonly Kernel[]): T {
  const { Module, Instance } = (globalThis as unknown as { readonly WebAssembly: WebAssemblyApi }).WebAssembly;
  return new Instance(new Module(moduleBytes(all))).exports as T;
}

const PAGE = 1 << 16;

/** The first `length` float64 of the kernels' memory, zeroed. All share it: valid until the next call. */
export function kernelMemory(length: number): Float64Array {
  const { memory } = kernels();
  ensureBytes(memory, 8 * length);
  return new Float64Array(memory.buffer, 0, length).fill(0);
}

/** Makes a memory at least so large. Views of it become empty when it grows. */
export function ensureBytes(memory: KernelMemory['memory'], bytes: number): void {
  const missing = bytes - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
}
