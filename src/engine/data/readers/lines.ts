import { UserError } from '../../../config/userError';
import { readChunks } from './byteChunks';

/**
 * An example of a million tokens has about 8 MB; a longer line is another format (a JSON array without newlines, a
 * binary file) that would otherwise be gathered in memory whole.
 */
export const MAX_LINE_BYTES = 64 << 20;

export interface Line {
  /** From 1 on. */
  readonly line: number;
  readonly text: string;
  readonly bytesRead: number;
}

/**
 * The lines of a UTF-8 file without their newlines, in memory that does not grow with the file. Throws a UserError that
 * names file and line for one that is too long or not UTF-8, and the signal's reason when aborted.
 */
export async function* readLines(file: string, signal?: AbortSignal): AsyncGenerator<Line> {
  let line = 0;
  let parts: Buffer[] = [];
  let length = 0;
  let bytesSoFar = 0;
  const finish = (bytesRead: number): Line => {
    line++;
    const text = decodeUtf8(Buffer.concat(parts), `${file}:${line}`);
    parts = [];
    length = 0;
    return { line, text, bytesRead };
  };
  const add = (part: Buffer): void => {
    parts.push(part);
    length += part.length;
    if (length > MAX_LINE_BYTES) {
      throw new UserError(
        `${file}:${line + 1}: is longer than ${MAX_LINE_BYTES >> 20} MiB; this is not JSON Lines, put one object on each line.`,
      );
    }
  };
  for await (const { bytes, bytesRead } of readChunks(file, signal)) {
    let start = 0;
    for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, start)) {
      add(bytes.subarray(start, end));
      // Compressed bytes cannot be told apart by lines.
      yield finish(file.endsWith('.gz') ? bytesRead : bytesRead - bytes.length + end + 1);
      start = end + 1;
    }
    add(bytes.subarray(start));
    bytesSoFar = bytesRead;
  }
  if (length > 0) yield finish(bytesSoFar);
}

/** Throws a UserError that begins with `place` when the bytes are not UTF-8. Drops a byte order mark. */
export function decodeUtf8(bytes: Uint8Array, place: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new UserError(`${place}: is not UTF-8 text; save the file as UTF-8.`);
  }
}
