/** Numbers as a terminal shows them. Grouping is fixed, so that output does not change with the locale. */

/** 1234567 → "1,234,567". */
export function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** 192.4 → "3 min 12 s"; 7500 → "2 h 05 min". */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${String(whole % 60).padStart(2, '0')} s`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}

/** A loss to four places; "not finite" for null, which is how JSON carries NaN. */
export function loss(value: number | null): string {
  return value === null ? 'not finite' : value.toFixed(4);
}

/** e^loss: 4.0193 → "4.02", 13663.1 → "13,663"; "not finite" for null. */
export function perplexity(value: number | null): string {
  if (value === null) return 'not finite';
  if (value >= 1e9) return value.toExponential(2);
  return value >= 1000 ? count(value) : value.toFixed(2);
}

/** 0.6103 → "61.0 %"; nothing for null. */
export function percent(share: number | null): string {
  return share === null ? '' : `${(100 * share).toFixed(1)} %`;
}

/** 0.0091 → "9.10e-3". */
export function rate(value: number): string {
  return value === 0 ? '0' : value.toExponential(2);
}

/** A peak learning rate, with the reason where it was chosen: "3.00e-4 (auto: rotation bears …)". */
export function rateText(chosen: { readonly rate: number; readonly reason?: string }): string {
  return `${rate(chosen.rate)}${chosen.reason === undefined ? '' : ` (auto: ${chosen.reason})`}`;
}

/** A measure of a spectrum: one place, or three significant digits below one. */
export function measure(value: number): string {
  if (value === 0) return '0';
  return Math.abs(value) >= 1 ? value.toFixed(1) : value.toPrecision(3);
}
