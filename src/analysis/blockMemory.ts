const kept: [Float64Array, Float64Array] = [new Float64Array(0), new Float64Array(0)];

/**
 * Zeros for a matrix that is decomposed and then forgotten, in one of two places. Valid until the next are asked for there.
 * New megabytes for each matrix of an adapter would cost the system's zeroed pages, four milliseconds for one of a large
 * model, and the garbage collector, which large buffers call.
 */
export function blockMemory(length: number, at: 0 | 1 = 0): Float64Array {
  if (kept[at].length < length) kept[at] = new Float64Array(length);
  else kept[at].fill(0, 0, length);
  return kept[at].subarray(0, length);
}
