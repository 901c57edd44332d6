import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';

/** What a stream of random numbers is for, so that none repeats another of the same seed. */
export type Purpose =
  'epoch' | 'validation' | 'adapter' | 'permutation' | 'generation' | 'comparison' | 'approximation' | 'weights';

const PURPOSE_SALT: Record<Purpose, number> = {
  epoch: 0x9e3779b9,
  validation: 0x85ebca6b,
  adapter: 0xc2b2ae35,
  permutation: 0xd3a2646c,
  generation: 0x27d4eb2f,
  comparison: 0x165667b1,
  approximation: 0x2545f491,
  weights: 0xb5297a4d,
};

/** A permutation of 0..count-1 that depends on seed, purpose and index only (Fisher and Yates). */
export function permutation(count: number, seed: number, purpose: Purpose, index = 0): Uint32Array {
  const random = generator(seed, purpose, index);
  const order = new Uint32Array(count);
  for (let i = 0; i < count; i++) order[i] = i;
  for (let last = count - 1; last > 0; last--) {
    const chosen = uniformInt(random, 0, last);
    const moved = order[last] as number;
    order[last] = order[chosen] as number;
    order[chosen] = moved;
  }
  return order;
}

/** A stream of numbers in [0, 1) that depends on seed, purpose and index only. */
export function uniformNumbers(seed: number, purpose: Purpose, index = 0): () => number {
  const random = generator(seed, purpose, index);
  return () => uniformFloat64(random);
}

/** A stream of standard normal numbers (Box and Muller) that depends on seed, purpose and index only. */
export function normalNumbers(seed: number, purpose: Purpose, index = 0): () => number {
  const uniform = uniformNumbers(seed, purpose, index);
  return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}

function generator(seed: number, purpose: Purpose, index: number): RandomGenerator {
  return xoroshiro128plus(mix(mix(mix(seed) ^ PURPOSE_SALT[purpose]) ^ index));
}

/** The finaliser of MurmurHash3: neighbouring seeds give unlike streams. */
function mix(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
