import { moduleBytes } from './assemble';
import { accumulate, subtractAndAccumulate, subtractPair, timesVector } from './bidiagonalKernels';

/** What the types of ES2023 lack and every engine has: WebAssembly belongs to those of the browser. */
interface WebAssemblyApi {
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new (module: object) => { readonly exports: object };
}

export interface Kernels {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  /** (rows / 4, width, a, stride, p, q, v, w, u, sums), see bidiagonalKernels.ts. */
  readonly subtractAndAccumulate: (...places: readonly number[]) => void;
  /** (rows / 4, width, a, stride, p, q, w, u) */
  readonly subtractPair: (...places: readonly number[]) => void;
  /** (rows / 4, width, a, stride, v, sums) */
  readonly accumulate: (...places: readonly number[]) => void;
  /** (rows / 4, width, a, stride, u, dots) */
  readonly timesVector: (...places: readonly number[]) => void;
}

let compiled: Kernels | undefined;

/** The kernels and their memory, compiled when they are first needed: it takes less than a millisecond. */
export function kernels(): Kernels {
  if (compiled === undefined) {
    const { Module, Instance } = (globalThis as unknown as { readonly WebAssembly: WebAssemblyApi }).WebAssembly;
    compiled = new Instance(new Module(moduleBytes([subtractAndAccumulate, subtractPair, accumulate, timesVector])))
      .exports as Kernels;
  }
  return compiled;
}

const PAGE = 1 << 16;

/** The first `length` float64 of the kernels' memory, zeroed. All share it: valid until the next call. */
export function kernelMemory(length: number): Float64Array {
  const { memory } = kernels();
  const missing = 8 * length - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
  return new Float64Array(memory.buffer, 0, length).fill(0);
}
