/** Digits that a reader of figures has use for; a double's seventeen would be most of an answer. */
const DIGITS = 5;

/** A figure rounded to five significant digits; null stays. */
export function significant(value: number): number;
export function significant(value: number | null): number | null;
export function significant(value: number | null): number | null {
  return value === null ? null : Number(value.toPrecision(DIGITS));
}
