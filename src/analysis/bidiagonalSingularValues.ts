import type { Bidiagonal } from './bidiagonal';
import { identityRotation, sweepShifted, sweepUnshifted } from './bidiagonalSweep';

const EPSILON = Number.EPSILON;
const SMALLEST_NORMAL = 2 ** -1022;
/** An off-diagonal this much smaller than its neighbourhood is dropped: it moves a singular value by a few roundings. */
const TOLERANCE = 4 * EPSILON;
/** Two or three sweeps a value are usual; LAPACK's dbdsqr gives up after six times n². */
const SWEEPS_PER_VALUE = 60;

/**
 * Singular values of an upper bidiagonal matrix, descending and non-negative, each to high relative accuracy:
 * implicit QR sweeps, with zero shift where a shift would spoil the small values (Demmel & Kahan 1990, "Accurate
 * singular values of bidiagonal matrices"). Destroys its argument. Throws when the sweeps do not converge.
 */
export function bidiagonalSingularValues({ diagonal: d, superdiagonal: e }: Bidiagonal): Float64Array {
  const rotation = identityRotation();
  let sweepsLeft = SWEEPS_PER_VALUE * d.length;
  let high = d.length - 1;
  while (high > 0) {
    dropTiny(d, e, high);
    if (e[high - 1] === 0) {
      high--;
      continue;
    }
    if (sweepsLeft-- === 0) throw new Error(`Singular values of a ${d.length} × ${d.length} matrix did not converge.`);
    let low = high - 1;
    while (low > 0 && e[low - 1] !== 0) low--;
    // Chase from the large end to the small one. Turned about its antidiagonal, the block is bidiagonal again.
    if (Math.abs(d[low] as number) < Math.abs(d[high] as number)) {
      d.subarray(low, high + 1).reverse();
      e.subarray(low, high).reverse();
    }
    const shift = usefulShift(d, e, low, high);
    if (shift === 0) sweepUnshifted(d, e, low, high, rotation);
    else sweepShifted(d, e, low, high, shift, rotation);
  }
  for (let i = 0; i < d.length; i++) d[i] = Math.abs(d[i] as number);
  return d.sort().reverse();
}

/**
 * Zeroes each off-diagonal up to `high` that is negligible against a lower bound μ of the singular values beside it:
 * μ₀ = |d₀|, μₖ₊₁ = |dₖ₊₁| μₖ / (μₖ + |eₖ|), from the top and from the bottom (Demmel & Kahan, §4, criteria 1a and 1b).
 */
function dropTiny(d: Float64Array, e: Float64Array, high: number): void {
  let mu = Math.abs(d[0] as number);
  for (let k = 0; k < high; k++) {
    const off = Math.abs(e[k] as number);
    if (off <= TOLERANCE * mu || off < SMALLEST_NORMAL) e[k] = 0;
    mu = e[k] === 0 ? Math.abs(d[k + 1] as number) : Math.abs(d[k + 1] as number) * (mu / (mu + off));
  }
  mu = Math.abs(d[high] as number);
  for (let k = high - 1; k >= 0; k--) {
    const off = Math.abs(e[k] as number);
    if (off <= TOLERANCE * mu) e[k] = 0;
    mu = e[k] === 0 ? Math.abs(d[k] as number) : Math.abs(d[k] as number) * (mu / (mu + off));
  }
}

/**
 * The smaller singular value of the last 2 × 2 of the block, or 0 where subtracting its square would not be felt at
 * the top of the block, or where the block is so ill-conditioned that only an unshifted sweep keeps its small values.
 */
function usefulShift(d: Float64Array, e: Float64Array, low: number, high: number): number {
  let largest = 0;
  let mu = Math.abs(d[low] as number);
  let smallest = mu;
  for (let k = low; k < high; k++) {
    const off = Math.abs(e[k] as number);
    const next = Math.abs(d[k + 1] as number);
    largest = Math.max(largest, off, next);
    mu = next * (mu / (mu + off));
    smallest = Math.min(smallest, mu);
  }
  largest = Math.max(largest, Math.abs(d[low] as number));
  if (!((high - low + 1) * smallest > EPSILON * largest)) return 0;
  const shift = smallerOf2x2(d[high - 1] as number, e[high - 1] as number, d[high] as number);
  const ratio = shift / (d[low] as number);
  return ratio * ratio < EPSILON ? 0 : shift;
}

/** Smaller singular value of [f g; 0 h] without cancellation (LAPACK dlas2). */
function smallerOf2x2(f: number, g: number, h: number): number {
  const small = Math.min(Math.abs(f), Math.abs(h));
  const large = Math.max(Math.abs(f), Math.abs(h));
  if (small === 0) return 0;
  const off = Math.abs(g);
  const sum = 1 + small / large;
  const difference = (large - small) / large;
  if (off <= large) {
    const t = (off / large) ** 2;
    return small * (2 / (Math.sqrt(sum * sum + t) + Math.sqrt(difference * difference + t)));
  }
  const t = large / off;
  const c = 1 / (Math.sqrt(1 + (sum * t) ** 2) + Math.sqrt(1 + (difference * t) ** 2));
  return 2 * (small * c) * t;
}
