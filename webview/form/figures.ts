import { formatCount } from '../shared/format';

/** "1.21 %", "0.0043 %". */
export function percent(share: number): string {
  const value = share * 100;
  if (value === 0 || value >= 100) return `${Math.round(value)} %`;
  return `${Number(value.toPrecision(value < 1 ? 2 : 3))} %`;
}

/** "8", or "128–192". */
export function range(low: number, high: number): string {
  return low === high ? formatCount(low) : `${formatCount(low)}–${formatCount(high)}`;
}

/** As one writes it in the document: 3e-4 rather than 0.0003. */
export function written(value: number): string {
  const plain = String(value);
  if (value === 0 || Math.abs(value) >= 0.01) return plain;
  const exponential = value.toExponential();
  return exponential.length < plain.length ? exponential : plain;
}

/** "1 module", "14 modules". */
export function counted(number: number, noun: string): string {
  return `${formatCount(number)} ${noun}${number === 1 ? '' : 's'}`;
}
