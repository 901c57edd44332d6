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
let piece: Uint8Array<ArrayBuffer> | undefined;

/**
 * Reads a tensor's values as float32, row-major, into memory for all of them; the thread waits. Throws a UserError where
 * the file has become too short.
 */
export function readStored({ file, descriptor, dtype, start, end }: StoredPlace, into: Float32Array): void {
  if ((end - start) / elementBytes(dtype) !== into.length) {
    throw new RangeError(`${into.length} places for ${end - start} bytes of ${dtype}`);
  }
  const fill = (target: Uint8Array, position: number): void => {
    for (let done = 0; done < target.length;) {
      const read = readSync(descriptor, target, done, target.length - done, position + done);
      if (read === 0) {
        throw new UserError(`${file}: ends at byte ${position + done}, too early; copy or download it again.`);
      }
      done += read;
    }
  };
  const target = new Uint8Array(into.buffer, into.byteOffset, into.byteLength);
  if (dtype !== 'F32') piece ??= new Uint8Array(PIECE);
  for (let position = start; position < end; position += PIECE) {
    const length = Math.min(PIECE, end - position);
    if (dtype === 'F32') fill(target.subarray(position - start, position - start + length), position);
    else {
      const bytes = (piece as Uint8Array<ArrayBuffer>).subarray(0, length);
      fill(bytes, position);
      convertFloats(dtype, bytes, into, (position - start) / elementBytes(dtype));
    }
  }
}
