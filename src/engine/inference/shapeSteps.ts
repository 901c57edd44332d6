/** Shapes are compiled, so few should occur: sizes are rounded up to these. */

const LEAST_CAPACITY = 64;
const LEAST_CHUNK = 8;

/** Slots of a cache for so many tokens: at most a quarter more, and twelve sizes up to 1024. */
export function cacheCapacity(tokens: number): number {
  return roundUp(tokens, LEAST_CAPACITY, 4);
}

/** Length of a program for so many new tokens of one row: at most half more, and ten lengths up to 256. */
export function chunkLength(tokens: number): number {
  return roundUp(tokens, LEAST_CHUNK, 2);
}

/** To a multiple of the power of two below it, divided by `parts`, and at least of `least`. */
function roundUp(count: number, least: number, parts: number): number {
  const step = Math.max(least, 2 ** Math.floor(Math.log2(Math.max(1, count - 1))) / parts);
  return Math.max(1, Math.ceil(count / step)) * step;
}
