import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { PassThrough } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { UserError, systemErrorCode } from '../../../config/userError';
import { unreadable } from '../../weights/byteSource';

const CHUNK_BYTES = 1 << 20;

export interface ByteChunk {
  readonly bytes: Buffer;
  /** Bytes of the file read so far: of the compressed one, if it is. */
  readonly bytesRead: number;
}

/**
 * The bytes of a file, one chunk after the other; those of a file whose name ends in .gz are inflated on the way.
 * Throws a UserError when the file cannot be read, and the signal's reason when aborted.
 */
export async function* readChunks(file: string, signal?: AbortSignal): AsyncGenerator<ByteChunk> {
  signal?.throwIfAborted();
  const source = createReadStream(file, { highWaterMark: CHUNK_BYTES });
  const isCompressed = file.endsWith('.gz');
  const output = isCompressed ? new PassThrough({ highWaterMark: CHUNK_BYTES }) : source;
  // Errors of any stage end the output, from which they are thrown.
  if (isCompressed) void pipeline(source, createGunzip(), output as PassThrough).catch(() => undefined);
  try {
    for await (const bytes of output as AsyncIterable<Buffer>) {
      signal?.throwIfAborted();
      yield { bytes, bytesRead: source.bytesRead };
    }
  } catch (error) {
    if (systemErrorCode(error)?.startsWith('Z_')) {
      throw new UserError(`${file}: is not a whole gzip file; copy or download it again.`);
    }
    throw unreadable(file, error);
  } finally {
    source.destroy();
    output.destroy();
  }
}
