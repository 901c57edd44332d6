import { open } from 'node:fs/promises';
import { UserError, systemErrorCode } from '../config/userError';

/** Bytes read at once. */
const CHUNK = 1 << 20;

/** The longest that a run writes are spectra of some megabytes; more without a newline is no file of lines. */
const LONGEST_LINE = 64 << 20;

/**
 * The whole lines of a file one after another, in the memory of one; a last one that is still being written is left out.
 * None when the file does not exist. Throws the signal's reason when it aborts.
 */
export async function* eachLine(file: string, signal?: AbortSignal): AsyncGenerator<string> {
  let handle;
  try {
    handle = await open(file, 'r');
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return;
    throw error;
  }
  try {
    const buffer = Buffer.alloc(CHUNK);
    let rest: Buffer[] = [];
    let restLength = 0;
    for (;;) {
      signal?.throwIfAborted();
      const { bytesRead } = await handle.read(buffer, 0, CHUNK);
      if (bytesRead === 0) return;
      const bytes = buffer.subarray(0, bytesRead);
      let start = 0;
      for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, start)) {
        const line = Buffer.concat([...rest, bytes.subarray(start, end)]).toString('utf8');
        rest = [];
        restLength = 0;
        start = end + 1;
        if (line !== '') yield line;
      }
      rest.push(Buffer.from(bytes.subarray(start)));
      restLength += bytesRead - start;
      if (restLength > LONGEST_LINE) {
        throw new UserError(`${file}: has a line of more than ${LONGEST_LINE >> 20} MiB; it is no file of lines.`);
      }
    }
  } finally {
    await handle.close();
  }
}
