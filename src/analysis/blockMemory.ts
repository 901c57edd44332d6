import type { Reals } from './arithmetic';

const kept: [Float64Array, Float64Array] = [new Float64Array(0), new Float64Array(0)];

/**
 * Zeros, of the precision of `like`, for a matrix that is decomposed and then forgotten, in one of two places. Valid until
 * the next are asked for there. New megabytes for each matrix of an adapter would cost the system's zeroed pages, four
 * milliseconds for one of a large model, and the garbage collector, which large buffers call.
 */
export function blockMemory(like: Reals, length: number, at: 0 | 1 = 0): Reals {
  if (kept[at].length < length) kept[at] = new Float64Array(length);
  else kept[at].fill(0, 0, length);
  return like instanceof Float32Array ? new Float32Array(kept[at].buffer, 0, length) : kept[at].subarray(0, length);
}
