import * as l10n from '@vscode/l10n';
import { withDecimalMark } from '../../src/language/language';
import { formatCount } from '../shared/format';

/** "1.21 %", "0.0043 %". */
export function percent(share: number): string {
  const value = share * 100;
  const figure = value === 0 || value >= 100 ? Math.round(value) : Number(value.toPrecision(value < 1 ? 2 : 3));
  return l10n.t('{0} %', withDecimalMark(String(figure)));
}

/** "8", or "128–192". */
export function range(low: number, high: number): string {
  return low === high ? formatCount(low) : `${formatCount(low)}–${formatCount(high)}`;
}

/** As one writes it in the document, in any language: 3e-4 rather than 0.0003. */
export function written(value: number): string {
  const plain = String(value);
  if (value === 0 || Math.abs(value) >= 0.01) return plain;
  const exponential = value.toExponential();
  return exponential.length < plain.length ? exponential : plain;
}
