/** The least of the pivots of a sweep, and of all but the last. One object reused, so that sweeps do not allocate. */
export interface Pivots {
  /** Negative or not a number: the shift was larger than the smallest value. */
  least: number;
  leastBefore: number;
}

/**
 * One sweep of the differential quotient-difference algorithm with shift over rows `low..high` (Fernando & Parlett 1994,
 * "Accurate singular values and differential qd algorithms", §4). From B, given by squares q = d², e = off², it makes B'
 * with B'ᵀB' = B Bᵀ − shift. Nothing is subtracted but the shift, so that without one no relative accuracy is lost.
 */
export function qdSweep(
  q: Float64Array,
  e: Float64Array,
  next: { readonly q: Float64Array; readonly e: Float64Array },
  low: number,
  high: number,
  shift: number,
  pivots: Pivots,
): void {
  let pivot = (q[low] as number) - shift;
  let least = pivot;
  let leastBefore = pivot;
  for (let i = low; i < high; i++) {
    const off = e[i] as number;
    const sum = pivot + off;
    const ratio = (q[i + 1] as number) / sum;
    next.q[i] = sum;
    next.e[i] = off * ratio;
    leastBefore = least;
    pivot = pivot * ratio - shift;
    // Written so that a pivot that is not a number is kept.
    if (!(pivot >= least)) least = pivot;
  }
  next.q[high] = pivot;
  pivots.least = least;
  pivots.leastBefore = leastBefore;
}
