/** How many leading singular vectors of the tuned weight are looked at (Shuttleworth et al. 2024, algorithm 1). */
export const DEFAULT_TOP = 10;
/** Below this cosine with every singular vector of the base one counts as an intruder. */
export const DEFAULT_EPSILON = 0.6;

/**
 * The intruder dimensions among the first `top` singular vectors, from the largest cosine of each with those of the base:
 * how many of them are below `epsilon` (arXiv 2410.21228, definition 3.1).
 */
export function countIntruders(cosines: ArrayLike<number>, top = DEFAULT_TOP, epsilon = DEFAULT_EPSILON): number {
  let count = 0;
  for (let j = 0; j < Math.min(top, cosines.length); j++) if ((cosines[j] as number) < epsilon) count++;
  return count;
}
