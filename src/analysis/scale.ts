import type { Reals } from './arithmetic';

/** The largest power of two whose inverse is a float64 without loss. */
export const LARGEST_POWER = 2 ** 1022;

/**
 * The power of two that brings the largest magnitude of `a` [rows, cols] into [0.5, 1), so that squares can neither
 * overflow nor vanish and scaling rounds nothing; 0 for the zero matrix.
 * Throws a RangeError that names the first entry that is not finite.
 */
export function powerOfTwoScale(a: Reals, cols: number): number {
  let largest = 0;
  for (const entry of a) {
    const magnitude = Math.abs(entry);
    // Written so that NaN fails the test too.
    if (!(magnitude <= Number.MAX_VALUE)) throw notFinite(a, cols);
    if (magnitude > largest) largest = magnitude;
  }
  return scaleOf(largest, LARGEST_POWER);
}

/** The same where the largest magnitude is known; at most `largestPower`, at least its inverse. */
export function scaleOf(largest: number, largestPower: number): number {
  if (largest === 0) return 0;
  return Math.min(largestPower, Math.max(1 / largestPower, 2 ** -(Math.floor(Math.log2(largest)) + 1)));
}

/** What is said of a matrix [rows, cols] with an entry that is not finite. */
export function notFinite(a: Reals, cols: number): RangeError {
  const index = a.findIndex((entry) => !Number.isFinite(entry));
  return new RangeError(`Entry [${Math.floor(index / cols)}, ${index % cols}] of the matrix is ${a[index] as number}.`);
}
