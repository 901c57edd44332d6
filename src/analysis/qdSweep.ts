import { kernelMemory, kernels } from './simd/kernels';
import { place } from './workspace';

/** The least of the pivots of a sweep and what goes with it. One object reused, so that sweeps do not allocate. */
export interface Pivots {
  /** Negative or not a number: the shift was larger than the smallest value. */
  least: number;
  /** The least of all pivots but the last. */
  leastBefore: number;
  /** The least entry of the new e but the last; ∞ where there is no other. */
  leastOff: number;
}

/** Squares q = d² and e = off² of the entries of an upper bidiagonal matrix, in memory that the kernels see. */
export interface QdArrays {
  readonly q: Float64Array;
  readonly e: Float64Array;
  /** For {@link qdSweep}. */
  readonly spare: { readonly q: Float64Array; readonly e: Float64Array; readonly pivots: Float64Array };
}

const PIVOTS = 4;

/** Arrays of zeros for a matrix of this size. Valid until other memory is asked for. */
export function qdArrays(size: number): QdArrays {
  const memory = kernelMemory(4 * size + PIVOTS);
  const part = (index: number, length = size): Float64Array => memory.subarray(index * size, index * size + length);
  return { q: part(0), e: part(1), spare: { q: part(2), e: part(3), pivots: part(4, PIVOTS) } };
}

/**
 * One sweep of the differential quotient-difference algorithm with shift over rows `low..high`, low < high (Fernando &
 * Parlett 1994, "Accurate singular values and differential qd algorithms", §4). From B, given by q and e, it makes B' with
 * B'ᵀB' = B Bᵀ − shift in the spare arrays:
 *
 * d = q₀ − shift; then q'ᵢ = d + eᵢ, e'ᵢ = eᵢ qᵢ₊₁ / q'ᵢ, and the pivot d becomes d qᵢ₊₁ / q'ᵢ − shift; q' of the last row
 * is d. Nothing is subtracted but the shift, so that without one no relative accuracy is lost.
 */
export function qdSweep({ q, e, spare }: QdArrays, low: number, high: number, shift: number, pivots: Pivots): void {
  spare.pivots[0] = shift;
  kernels().qdSweep(
    high - low,
    ...[place(q, low), place(e, low), place(spare.q, low), place(spare.e, low), place(spare.pivots, 0)],
  );
  pivots.least = spare.pivots[1] as number;
  pivots.leastBefore = spare.pivots[2] as number;
  pivots.leastOff = spare.pivots[3] as number;
}
