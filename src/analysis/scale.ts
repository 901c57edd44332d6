/**
 * The power of two that brings the largest magnitude of `a` [rows, cols] into [0.5, 1), so that squares can neither
 * overflow nor vanish and scaling rounds nothing; 0 for the zero matrix.
 * Throws a RangeError that names the first entry that is not finite.
 */
export function powerOfTwoScale(a: Float32Array | Float64Array, cols: number): number {
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    const magnitude = Math.abs(a[i] as number);
    // Written so that NaN fails the test too.
    if (!(magnitude <= Number.MAX_VALUE)) {
      throw new RangeError(`Entry [${Math.floor(i / cols)}, ${i % cols}] of the matrix is ${a[i] as number}.`);
    }
    if (magnitude > largest) largest = magnitude;
  }
  if (largest === 0) return 0;
  return 2 ** -Math.min(1023, Math.max(-1022, Math.floor(Math.log2(largest)) + 1));
}
