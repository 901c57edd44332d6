import { open } from 'node:fs/promises';

/** Enough for any lines that are asked for. */
const MOST_BYTES = 64 << 10;

/** The last lines of a log file, oldest first; none when it cannot be read. */
export async function logTail(file: string, count: number): Promise<string[]> {
  try {
    const handle = await open(file, 'r');
    try {
      const { size } = await handle.stat();
      const length = Math.min(size, MOST_BYTES);
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, size - length);
      const lines = buffer.toString('utf8', 0, bytesRead).split(/\r?\n/);
      // The first may have lost its beginning.
      if (length < size) lines.shift();
      return lines.filter((line) => line.trim() !== '').slice(-count);
    } finally {
      await handle.close();
    }
  } catch {
    return [];
  }
}
