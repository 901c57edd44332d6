import type { ValuesParams, WindowValue } from '../rpc/contents';
import type { Dtype } from '../weights/dtype';
import type { TensorEntry } from '../weights/header';
import { elementBytes } from './decode';
import { withFile } from './headers';
import { elementsOf, readableEntry, ValueReader } from './valueReader';

/** More than a screen shows; bounds what one question reads and answers. */
const MAX_ROWS = 512;
const MAX_COLUMNS = 256;

/** A window whose rows lie this close together is read at once. */
const MAX_SPAN_BYTES = 1 << 20;

/**
 * A window of a tensor's values, row-major; places beyond its end are null. Throws a UserError when the file has changed
 * or the type has no values to show, and a RangeError for a window that no view asks for.
 */
export async function values(params: ValuesParams): Promise<WindowValue[]> {
  const { path, stamp, tensor, offset, stride, rows, columns } = params;
  if (![offset, stride, rows, columns].every((size) => Number.isSafeInteger(size) && size >= 0))
    throw new RangeError('a window of values is described by whole numbers');
  if (rows > MAX_ROWS || columns > MAX_COLUMNS)
    throw new RangeError(`a window has at most ${MAX_ROWS} rows and ${MAX_COLUMNS} columns`);
  return withFile(path, stamp, async (source, header) => {
    const entry = readableEntry(path, header, tensor);
    const end = elementsOf(entry);
    const span = Math.max(0, rows - 1) * stride + columns;
    if (span * elementBytes(entry.dtype) <= MAX_SPAN_BYTES) {
      const read = await readRow(new ValueReader(source, span), entry, offset, span, end);
      return Array.from({ length: rows * columns }, (_, i) => {
        const at = Math.floor(i / columns) * stride + (i % columns);
        return read[at] ?? null;
      });
    }
    const reader = new ValueReader(source, columns);
    const window: WindowValue[] = [];
    for (let row = 0; row < rows; row++) {
      const read = await readRow(reader, entry, offset + row * stride, columns, end);
      for (let column = 0; column < columns; column++) window.push(read[column] ?? null);
    }
    return window;
  });
}

async function readRow(
  reader: ValueReader,
  entry: TensorEntry,
  from: number,
  count: number,
  end: number,
): Promise<WindowValue[]> {
  const to = Math.min(end, from + count);
  if (to <= from) return [];
  const bytes = await reader.readBytes(entry, from, to);
  if (entry.dtype === 'I64' || entry.dtype === 'U64') return integers(entry.dtype, bytes);
  return Array.from(reader.decode(entry, bytes), (value) => (Number.isFinite(value) ? value : String(value)));
}

/** A float64 holds integers up to 2^53 only. */
function integers(dtype: Extract<Dtype, 'I64' | 'U64'>, bytes: Uint8Array<ArrayBuffer>): WindowValue[] {
  const kind = dtype === 'I64' ? BigInt64Array : BigUint64Array;
  return Array.from(new kind(bytes.buffer, bytes.byteOffset, bytes.byteLength / 8), (value) => {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value.toString();
  });
}
