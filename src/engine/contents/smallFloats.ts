import type { Dtype } from '../weights/dtype';

/** A float of 8 bits: exponent and fraction widths and the exponent's bias. */
interface SmallFloat {
  readonly exponent: number;
  readonly fraction: number;
  readonly bias: number;
  /** What the highest codes mean: as IEEE 754; only all ones is NaN; or only the code of minus zero is. */
  readonly special: 'ieee' | 'ones' | 'minusZero';
}

/** OCP 8-bit formats (E4M3 has no infinity), and those of ONNX's FNUZ, which have neither infinity nor minus zero. */
const FORMATS = {
  F8_E5M2: { exponent: 5, fraction: 2, bias: 15, special: 'ieee' },
  F8_E4M3: { exponent: 4, fraction: 3, bias: 7, special: 'ones' },
  F8_E5M2FNUZ: { exponent: 5, fraction: 2, bias: 16, special: 'minusZero' },
  F8_E4M3FNUZ: { exponent: 4, fraction: 3, bias: 8, special: 'minusZero' },
} as const satisfies Partial<Record<Dtype, SmallFloat>>;

const tables = new Map<Dtype, Float64Array>();

/** The value of each of the 256 codes of an 8-bit float; undefined for other types. */
export function smallFloatValues(dtype: Dtype): Float64Array | undefined {
  const known = tables.get(dtype);
  if (known !== undefined) return known;
  const table = makeTable(dtype);
  if (table !== undefined) tables.set(dtype, table);
  return table;
}

function makeTable(dtype: Dtype): Float64Array | undefined {
  switch (dtype) {
    case 'F8_E5M2':
    case 'F8_E4M3':
    case 'F8_E5M2FNUZ':
    case 'F8_E4M3FNUZ':
      return Float64Array.from({ length: 256 }, (_, code) => valueOf(code, FORMATS[dtype]));
    case 'F8_E8M0':
      // A power of two without a sign, of the OCP microscaling formats; all ones is NaN.
      return Float64Array.from({ length: 256 }, (_, code) => (code === 255 ? NaN : 2 ** (code - 127)));
    default:
      return undefined;
  }
}

function valueOf(code: number, { exponent, fraction, bias, special }: SmallFloat): number {
  const sign = code & 0x80 ? -1 : 1;
  const e = (code >> fraction) & ((1 << exponent) - 1);
  const f = code & ((1 << fraction) - 1);
  const highest = (1 << exponent) - 1;
  if (special === 'minusZero' && code === 0x80) return NaN;
  if (special === 'ones' && (code & 0x7f) === 0x7f) return NaN;
  if (special === 'ieee' && e === highest) return f === 0 ? sign * Infinity : NaN;
  const scale = 2 ** -fraction;
  return e === 0 ? sign * 2 ** (1 - bias) * f * scale : sign * 2 ** (e - bias) * (1 + f * scale);
}
