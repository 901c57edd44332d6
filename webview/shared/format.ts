import * as l10n from '@vscode/l10n';
import { formatNumber, withDecimalMark } from '../../src/language/language';

const NOTHING = '–';

const WHOLE = { maximumFractionDigits: 0 } as const;

/** Four significant digits, so that figures in a column compare at a glance: "1.946", "0.0312", "3.1e-5". */
export function formatValue(value: number, digits = 4): string {
  if (!Number.isFinite(value)) return NOTHING;
  if (value === 0) return '0';
  const magnitude = Math.abs(value);
  if (magnitude < 1e-3 || magnitude >= 1e6) return shortExponent(value.toExponential(digits - 2));
  if (magnitude >= 1000) return formatNumber(value, WHOLE);
  return withDecimalMark(value.toPrecision(digits));
}

/** "2.81e-4": a learning rate is read as mantissa and exponent. */
export function formatRate(value: number): string {
  if (!Number.isFinite(value)) return NOTHING;
  return value === 0 ? '0' : shortExponent(value.toExponential(2));
}

/** "12,345". */
export function formatCount(value: number): string {
  return Number.isFinite(value) ? formatNumber(value, WHOLE) : NOTHING;
}

/** "950", "12.3k", "4.56M": the signs of the field, which are the same in every language. */
export function formatCompact(value: number): string {
  if (!Number.isFinite(value)) return NOTHING;
  const magnitude = Math.abs(value);
  for (const [unit, size] of [
    ['B', 1e9],
    ['M', 1e6],
    ['k', 1e3],
  ] as const) {
    if (magnitude >= size) return withDecimalMark(`${trimZeros((value / size).toPrecision(3))}${unit}`);
  }
  return withDecimalMark(trimZeros(value.toPrecision(3)));
}

/** "42 s", "3 m 12 s", "1 h 04 m", "2 d 3 h". */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return NOTHING;
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return l10n.t('{0} s', whole);
  if (whole < 3600) return l10n.t('{0} m {1} s', Math.floor(whole / 60), two(whole % 60));
  if (whole < 86_400) return l10n.t('{0} h {1} m', Math.floor(whole / 3600), two(Math.floor((whole % 3600) / 60)));
  return l10n.t('{0} d {1} h', Math.floor(whole / 86_400), Math.floor((whole % 86_400) / 3600));
}

/** "0:42", "3:12", "1:04:00": a place on a time axis. */
export function formatClock(seconds: number): string {
  const whole = Math.round(Math.abs(seconds));
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  const sign = seconds < 0 ? '-' : '';
  const tail = two(whole % 60);
  return hours > 0 ? `${sign}${hours}:${two(minutes)}:${tail}` : `${sign}${minutes}:${tail}`;
}

/** "1.62". */
export function formatEpoch(epoch: number): string {
  return Number.isFinite(epoch) ? withDecimalMark(epoch.toFixed(2)) : NOTHING;
}

/** "53.1 %". */
export function formatShare(share: number): string {
  return Number.isFinite(share) ? l10n.t('{0} %', withDecimalMark((100 * share).toFixed(1))) : NOTHING;
}

function shortExponent(text: string): string {
  return withDecimalMark(text.replace('e+', 'e'));
}

function trimZeros(text: string): string {
  return text.includes('e') || !text.includes('.') ? text : text.replace(/\.?0+$/, '');
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
