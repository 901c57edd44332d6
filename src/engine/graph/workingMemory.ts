import { endings, valuesOf, type Program } from './program';
import { sizeOf, type Value } from './value';

const BYTES = { float32: 4, int64: 8, int8: 1, uint8: 1 } as const;

/**
 * Bytes of intermediate results that are alive at once while a program runs, at most: each from where it is computed to
 * its last use, in the order in which the program's values were built. Inputs and outputs are the caller's and do not
 * count.
 */
export function workingMemory(program: Program): number {
  const outputs = new Set(program.outputs.values());
  const given = new Set(program.inputs.values());
  const values = valuesOf(program);
  const ending = endings(values);
  const counts = (value: Value): boolean => !outputs.has(value) && !given.has(value) && value.operation !== 'constant';
  let alive = 0;
  let most = 0;
  for (const value of values) {
    if (counts(value)) alive += bytesOf(value);
    most = Math.max(most, alive);
    for (const ended of ending.get(value) ?? []) if (counts(ended)) alive -= bytesOf(ended);
  }
  return most;
}

/** Bytes of a value's entries. */
export function bytesOf({ shape, type }: Value): number {
  return BYTES[type] * sizeOf(shape);
}
