import { moduleBytes, type Kernel } from './assemble';

/** What the types of ES2023 lack and every engine has: WebAssembly belongs to those of the browser. */
interface WebAssemblyApi {
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new (module: object) => { readonly exports: object };
}

/** The memory that the kernels of a module share. */
export interface KernelMemory {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
}

/** A kernel by its addresses, counts and numbers. */
export type Run = (...places: readonly number[]) => void;

/** Compiles kernels, which takes less than a millisecond; `T` has a function for each, which takes its parameters. */
export function instantiate<T extends KernelMemory>(all: readonly Kernel[]): T {
  const { Module, Instance } = (globalThis as unknown as { readonly WebAssembly: WebAssemblyApi }).WebAssembly;
  return new Instance(new Module(moduleBytes(all))).exports as T;
}

const PAGE = 1 << 16;

/** Makes a memory at least so large. Views of it become empty when it grows. */
export function ensureBytes(memory: KernelMemory['memory'], bytes: number): void {
  const missing = bytes - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
}
