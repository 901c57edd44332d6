import type { Arithmetic, Reals } from './arithmetic';
import { reflectWithTail } from './householder';
import { place } from './workspace';

/**
 * The reflector of a vector in the kernels' memory that begins with `x[at]`, as {@link reflectWithTail} makes it. The
 * `length` entries from `from`, whole groups, hold the vector and zeros.
 */
export function reflectVector(
  { bytes, kernels, negligibleSquares }: Arithmetic,
  x: Reals,
  at: number,
  from: number,
  length: number,
): number {
  const first = x[at] as number;
  x[at] = 0;
  const start = place(x, from);
  const tail = kernels.dot(bytes * length, start, start);
  x[at] = first;
  return reflectWithTail(x, at, from + length, tail, negligibleSquares);
}
