import type { Pivots, QdArrays } from './qdSweep';

/** Up to this Σz² the vector z is close enough to the smallest singular value's for its Rayleigh quotient to tell. */
const CLOSE = 0.56;
/** Share of the least pivot, which the smallest squared value does not exceed, where nothing better is known. */
const CAUTIOUS = 0.5;
/** Of a shift that was much too large. */
const RETREAT = 1 / 16;
/** Sums of products that fall fast need no more terms. */
const TERMS_END = 0.01;

/**
 * A shift for the next sweep that is close to, and rarely above, the smallest squared singular value.
 *
 * Where the last pivot is the least, z with zₙ = 1 and zᵢ² = zᵢ₊₁² eᵢ / qᵢ solves BᵀB z = qₙ eₙ. Its Rayleigh quotient is
 * ρ = qₙ / ‖z‖², its residual r = qₙ √(Σ_{i<n} zᵢ²) / ‖z‖², and an eigenvalue is nearer to ρ than r, nearer than r² / gap
 * where the next one is a gap away (Parlett, The Symmetric Eigenvalue Problem, §11.7).
 */
export function nextShift({ q, e }: QdArrays, low: number, high: number, { least, leastBefore }: Pivots): number {
  return shiftOf(q, e, low, high, least, leastBefore);
}

/** The same for rows `low..high`, low < high, after the value of the row that came next has been taken. */
export function shiftAfterDeflation({ q, e }: QdArrays, low: number, high: number, pivots: Pivots): number {
  return shiftOf(q, e, low, high, pivots.leastBefore, pivots.leastBeforeTwo);
}

function shiftOf(
  q: Float64Array,
  e: Float64Array,
  low: number,
  high: number,
  least: number,
  leastBefore: number,
): number {
  const last = q[high] as number;
  if (least < last) return CAUTIOUS * least;
  let squares = 0;
  let term = 1;
  for (let i = high - 1; i >= low; i--) {
    term *= (e[i] as number) / (q[i] as number);
    squares += term;
    if (squares > CLOSE) return CAUTIOUS * least;
    if (term < TERMS_END * squares) break;
  }
  squares *= 1 + TERMS_END;
  const quotient = last / (1 + squares);
  const residual = quotient * Math.sqrt(squares);
  const gap = leastBefore - quotient - residual;
  return Math.max(0, quotient - (gap > residual ? (residual * residual) / gap : residual));
}

/**
 * A smaller shift after one that was too large. Where only the last pivot is negative, the shift that would have made it
 * 0 is below the smallest squared value and very close to it (Parlett & Marques 2000, "late failure").
 */
export function loweredShift(shift: number, lastPivot: number, { leastBefore }: Pivots): number {
  const lowered = leastBefore > 0 && lastPivot < 0 ? (shift + lastPivot) * (1 - 2 * Number.EPSILON) : RETREAT * shift;
  return lowered > Number.EPSILON * shift ? lowered : 0;
}
