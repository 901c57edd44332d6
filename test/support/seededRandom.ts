import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** The same numbers in [0, 1) for the same seed. */
export function seededRandom(seed: number): () => number {
  const generator = xoroshiro128plus(seed);
  return () => uniformFloat64(generator);
}

/** `count` standard normal values (Box and Muller). */
export function gaussians(count: number, random: () => number): Float64Array {
  return Float64Array.from(
    { length: count },
    () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()),
  );
}

/** `count` standard normal values, rounded to float32. */
export function gaussians32(count: number, random: () => number): Float32Array {
  return Float32Array.from(gaussians(count, random));
}
