import { readSync } from 'node:fs';
import { UserError } from '../../config/userError';
import { elementBytes, type FloatDtype } from './dtype';
import { convertFloats } from './floatConversion';

/** Where the values of a tensor lie in an open file. A thread of the process can be sent it and read them by itself. */
export interface StoredPlace {
  /** The path of the file, for errors. */
  readonly file: string;
  readonly descriptor: number;
  readonly dtype: FloatDtype;
  /** First byte, and the first after the last. */
  readonly start: number;
  readonly end: number;
}

/** Bytes read at once, which then lie in the processor's cache when they are converted. A multiple of every element size. */
const PIECE = 1 << 18;

/** Memory for a piece, kept by each thread. */
let piece = new Uint8Array();

/**
 * Reads a tensor's values as float32, row-major, into memory for all of them; the thread waits. Throws a UserError where
 * the file has become too short.
 */
export function readStored(place: StoredPlace, into: Float32Array): void {
  const { dtype, start, end } = place;
  if ((end - start) / elementBytes(dtype) !== into.length) {
    throw new RangeError(`${into.length} places for ${end - start} bytes of ${dtype}`);
  }
  const target = bytesOf(into);
  for (let position = start; position < end; position += PIECE) {
    const length = Math.min(PIECE, end - position);
    const done = position - start;
    if (dtype === 'F32') fill(place, target, done, length, position);
    else {
      const bytes = pieceOf(length);
      fill(place, bytes, 0, length, position);
      convertFloats(dtype, bytes, into, done / elementBytes(dtype));
    }
  }
}

/**
 * Reads some rows of a table [V, width] as float32 into [N, width], as {@link readStored} does; 2,048 rows of 576 that the
 * system's cache has in 4 ms. As many reads by Node.js's threads take 15. Throws a RangeError where there is no such row.
 */
export function readStoredRows(place: StoredPlace, width: number, rows: Int32Array, into: Float32Array): void {
  const { file, dtype, start, end } = place;
  const rowBytes = elementBytes(dtype) * width;
  const height = (end - start) / rowBytes;
  if (into.length !== rows.length * width) throw new RangeError(`${into.length} places for ${rows.length} rows`);
  for (const row of rows) {
    if (row < 0 || row >= height) throw new RangeError(`${file}: a table has ${height} rows; there is no row ${row}`);
  }
  const target = bytesOf(into);
  const atOnce = Math.max(1, Math.floor(PIECE / rowBytes));
  for (let first = 0; first < rows.length; first += atOnce) {
    const count = Math.min(atOnce, rows.length - first);
    const bytes = dtype === 'F32' ? target.subarray(first * rowBytes) : pieceOf(count * rowBytes);
    for (let n = 0; n < count; n++) {
      fill(place, bytes, n * rowBytes, rowBytes, start + (rows[first + n] as number) * rowBytes);
    }
    if (dtype !== 'F32') convertFloats(dtype, bytes, into, first * width);
  }
}

/** Fills `target` from `offset` on with `length` bytes of the file from `position` on. */
function fill(
  { file, descriptor }: StoredPlace,
  target: Uint8Array,
  offset: number,
  length: number,
  position: number,
): void {
  for (let done = 0; done < length;) {
    const read = readSync(descriptor, target, offset + done, length - done, position + done);
    if (read === 0) {
      throw new UserError(`${file}: ends at byte ${position + done}, too early; copy or download it again.`);
    }
    done += read;
  }
}

/** A piece, or a row that is longer. */
function pieceOf(length: number): Uint8Array {
  if (piece.length < length) piece = new Uint8Array(Math.max(PIECE, length));
  return piece.subarray(0, length);
}

/** The memory of values, byte by byte. */
export function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
