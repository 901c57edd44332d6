import path from 'node:path';

/** A program of threads, whose tasks are {@link spinningTask}s. */
export const spinningProgram = path.join(import.meta.dirname, 'spinningThread.mjs');

/** A task that a thread works on until `finish` is called. */
export function spinningTask(): { readonly memory: SharedArrayBuffer; readonly finish: () => void } {
  const memory = new SharedArrayBuffer(4);
  return { memory, finish: () => void Atomics.store(new Int32Array(memory), 0, 1) };
}
