/**
 * A reflector H = I − β v vᵀ that sends a vector x to α e₁, with α = −sign(x₁)‖x‖ so that x₁ − α cancels nothing
 * (Golub & Van Loan, Matrix Computations, §5.1).
 */

/** Below this, α·v₁ could underflow and β overflow; x is then far under the rounding error of a matrix scaled to 1. */
const NEGLIGIBLE_SQUARED_NORM = 1e-290;

/**
 * Turns `x[from..to-1]` into v in place and returns α. Expects entries of magnitude at most about 1.
 * When everything after the first entry is negligible, H = I: v becomes 0 and α is that entry.
 */
export function reflect(x: Float64Array, from: number, to: number): number {
  let tail = 0;
  for (let i = from + 1; i < to; i++) tail += (x[i] as number) * (x[i] as number);
  const first = x[from] as number;
  if (tail < NEGLIGIBLE_SQUARED_NORM) {
    x.fill(0, from, to);
    return first;
  }
  const norm = Math.sqrt(first * first + tail);
  const alpha = first > 0 ? -norm : norm;
  x[from] = first - alpha;
  return alpha;
}

/** β of the reflector whose v starts with `v1`; 0 for the identity. */
export function reflectorScale(alpha: number, v1: number): number {
  return v1 === 0 ? 0 : -1 / (alpha * v1);
}
