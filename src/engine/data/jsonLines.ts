import { createReadStream } from 'node:fs';
import { UserError } from '../../config/userError';
import { unreadable } from '../weights/byteSource';

/**
 * An example of a million tokens has about 8 MB; a longer line is another format (a JSON array without newlines, a
 * binary file) that would otherwise be gathered in memory whole.
 */
export const MAX_LINE_BYTES = 64 << 20;

export interface JsonLine {
  /** From 1 on, blank lines counted. */
  readonly line: number;
  readonly value: Readonly<Record<string, unknown>>;
  /** Bytes of the file read so far. */
  readonly bytesRead: number;
}

/**
 * The objects of a JSON Lines file, one after the other, in memory that does not grow with the file. Skips blank lines.
 * Throws a UserError that names file and line for anything else, and the signal's reason when aborted.
 */
export async function* readJsonLines(file: string, signal?: AbortSignal): AsyncGenerator<JsonLine> {
  let line = 0;
  for await (const { bytes, bytesRead } of readLineBytes(file, signal)) {
    line++;
    const text = decode(bytes, `${file}:${line}`);
    if (text.trim() !== '') yield { line, value: parseLine(text, file, line), bytesRead };
  }
}

function decode(bytes: Uint8Array, place: string): string {
  try {
    // Also drops the byte order mark that some editors put at the start of a file.
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new UserError(`${place}: is not UTF-8 text; save the file as UTF-8.`);
  }
}

function parseLine(text: string, file: string, line: number): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    const array = line === 1 && text.trimStart().startsWith('[');
    throw new UserError(
      `${file}:${line}: is not a JSON object; ${array ? 'the file looks like one JSON array, so put each object on a line of its own' : 'put one object on each line'}.`,
    );
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new UserError(`${file}:${line}: is not a JSON object; put one object on each line.`);
  }
  return value as Readonly<Record<string, unknown>>;
}

async function* readLineBytes(
  file: string,
  signal?: AbortSignal,
): AsyncGenerator<{ bytes: Uint8Array; bytesRead: number }> {
  const stream = createReadStream(file, { highWaterMark: 1 << 20 });
  let bytesRead = 0;
  let parts: Buffer[] = [];
  let length = 0;
  let line = 1;
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      signal?.throwIfAborted();
      let start = 0;
      for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
        parts.push(chunk.subarray(start, end));
        yield { bytes: Buffer.concat(parts), bytesRead: bytesRead + end + 1 };
        parts = [];
        length = 0;
        line++;
        start = end + 1;
      }
      parts.push(chunk.subarray(start));
      length += chunk.length - start;
      bytesRead += chunk.length;
      if (length > MAX_LINE_BYTES) {
        throw new UserError(
          `${file}:${line}: is longer than ${MAX_LINE_BYTES >> 20} MiB; this is not JSON Lines, put one object on each line.`,
        );
      }
    }
  } catch (error) {
    throw unreadable(file, error);
  } finally {
    stream.destroy();
  }
  if (length > 0) yield { bytes: Buffer.concat(parts), bytesRead };
}
