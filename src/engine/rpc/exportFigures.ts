/** Below this share of ‖ΔW‖ an error is float32's own rounding. */
export const EXACT_SHARE = 1e-6;

/** A share of ‖ΔW‖ by which something is off, for people. */
export function errorText(share: number | null): string {
  if (share === null) return 'not computed';
  return share < EXACT_SHARE ? 'exact' : `${(100 * share).toPrecision(3)} %`;
}

/** A difference of logits, for people. */
export function differenceText(value: number): string {
  return value === 0 ? '0' : value.toPrecision(3);
}
