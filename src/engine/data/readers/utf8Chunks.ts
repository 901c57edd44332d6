import { UserError } from '../../../config/userError';
import { readChunks } from './byteChunks';

export interface TextChunk {
  readonly text: string;
  /** Bytes of the file read so far. */
  readonly bytesRead: number;
}

/**
 * The text of a UTF-8 file in pieces that end with whole characters, without a byte order mark. Throws a UserError that
 * names file and line where it is not UTF-8.
 */
export async function* readUtf8(file: string, signal?: AbortSignal): AsyncGenerator<TextChunk> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let line = 1;
  /** Bytes of a character that goes on in the next chunk. */
  let begun: Buffer = Buffer.alloc(0);
  for await (const { bytes, bytesRead } of readChunks(file, signal)) {
    const whole = begun.length === 0 ? bytes : Buffer.concat([begun, bytes]);
    const end = endOfWholeCharacters(whole);
    const text = decode(decoder, whole.subarray(0, end), file, line);
    begun = whole.subarray(end);
    line += countNewlines(whole);
    if (text !== '') yield { text, bytesRead };
  }
  if (begun.length > 0) throw notUtf8(file, line);
}

function decode(decoder: InstanceType<typeof TextDecoder>, bytes: Buffer, file: string, firstLine: number): string {
  try {
    // `stream` keeps the decoder from looking for a byte order mark at each piece; nothing is ever left over.
    return decoder.decode(bytes, { stream: true });
  } catch {
    throw notUtf8(file, firstLine + invalidLine(bytes));
  }
}

function notUtf8(file: string, line: number): UserError {
  return new UserError(`${file}:${line}: is not UTF-8 text; save the file as UTF-8.`);
}

/** Which line of the bytes, from 0 on, is the first that is not UTF-8. */
function invalidLine(bytes: Buffer): number {
  let line = 0;
  for (let start = 0; start <= bytes.length; line++) {
    const newline = bytes.indexOf(10, start);
    const end = newline < 0 ? bytes.length : newline;
    if (!isUtf8(bytes.subarray(start, end))) return line;
    start = end + 1;
  }
  return Math.max(0, line - 1);
}

function isUtf8(bytes: Buffer): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** Where the last character begins that has bytes missing, or the length. */
function endOfWholeCharacters(bytes: Buffer): number {
  // At most three bytes of a character of four can be there without the last.
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] as number;
    if (byte < 0x80) break;
    if (byte < 0xc0) continue;
    const size = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return size > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}

function countNewlines(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) count++;
  return count;
}
