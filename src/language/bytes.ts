import { withDecimalMark } from './language';

/** Sizes in bytes, in units of 1024: the one way in which the project writes them. */

const NOTHING = '–';

/** A unit of bytes: its sign, and how many it is. */
export interface ByteUnit {
  readonly name: string;
  readonly size: number;
}

const BYTE: ByteUnit = { name: 'B', size: 1 };

/** From the largest to the smallest. */
const BYTE_UNITS: readonly ByteUnit[] = [
  ...['TiB', 'GiB', 'MiB', 'KiB'].map((name, index) => ({ name, size: 1024 ** (4 - index) })),
  BYTE,
];

/** The largest unit of which there is one at least. */
export function byteUnitOf(bytes: number): ByteUnit {
  return BYTE_UNITS.find(({ size }) => bytes >= size) ?? BYTE;
}

/** Three significant digits of a count of bytes in a unit: "1.42". `inLanguage` puts the decimal mark of the texts around. */
export function formatInUnit(bytes: number, { size }: ByteUnit, inLanguage = withDecimalMark): string {
  if (!Number.isFinite(bytes)) return NOTHING;
  const value = bytes / size;
  // 1,000 to 1,023 of a unit have four digits, which toPrecision would write as a power of ten.
  return inLanguage(size === 1 || value >= 999.5 ? String(Math.round(value)) : value.toPrecision(3));
}

/** "1.42 GiB". In a text that is English in every language, `inLanguage` is `String`. */
export function formatBytes(bytes: number, inLanguage = withDecimalMark): string {
  if (!Number.isFinite(bytes)) return NOTHING;
  const unit = byteUnitOf(bytes);
  return `${formatInUnit(bytes, unit, inLanguage)} ${unit.name}`;
}
