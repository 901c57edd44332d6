import { open, readFile } from 'node:fs/promises';
import { atomicWrite } from './atomicWrite';
import { systemErrorCode } from '../config/userError';

/** Bytes read at once while following a file. */
const CHUNK = 1 << 20;

/**
 * Follows an append-only file of lines. Each call of `read` returns the whole lines added since the last;
 * a line still being written is kept until its newline arrives. A file that became shorter was rewritten
 * (a run resumed from an earlier checkpoint): `restarted` is then true and reading begins again.
 */
export class LineFollower {
  private position = 0;
  private rest: Buffer = Buffer.alloc(0);

  constructor(private readonly file: string) {}

  async read(): Promise<{ lines: string[]; restarted: boolean }> {
    let handle;
    try {
      handle = await open(this.file, 'r');
    } catch (error) {
      if (systemErrorCode(error) === 'ENOENT') return { lines: [], restarted: false };
      throw error;
    }
    try {
      const { size } = await handle.stat();
      const restarted = size < this.position;
      if (restarted) {
        this.position = 0;
        this.rest = Buffer.alloc(0);
      }
      const lines: string[] = [];
      while (this.position < size) {
        const buffer = Buffer.alloc(Math.min(CHUNK, size - this.position));
        const { bytesRead } = await handle.read(buffer, 0, buffer.length, this.position);
        if (bytesRead === 0) break;
        this.position += bytesRead;
        this.rest = this.split(Buffer.concat([this.rest, buffer.subarray(0, bytesRead)]), lines);
      }
      return { lines, restarted };
    } finally {
      await handle.close();
    }
  }

  private split(bytes: Buffer, lines: string[]): Buffer {
    let start = 0;
    for (let end = bytes.indexOf(10, start); end >= 0; end = bytes.indexOf(10, start)) {
      if (end > start) lines.push(bytes.toString('utf8', start, end));
      start = end + 1;
    }
    return Buffer.from(bytes.subarray(start));
  }
}

/** All whole lines of a file; none when it does not exist. */
export async function readLines(file: string): Promise<string[]> {
  return (await new LineFollower(file).read()).lines;
}

/**
 * Drops the lines that `keep` refuses, and a last line without its newline, atomically.
 * A resumed run uses it to take back what was written after its checkpoint.
 */
export async function keepLines(file: string, keep: (line: string) => boolean): Promise<void> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return;
    throw error;
  }
  const whole = text.slice(0, text.lastIndexOf('\n') + 1).split('\n');
  const kept = whole.filter((line) => line !== '' && keep(line));
  const content = kept.map((line) => `${line}\n`).join('');
  if (content !== text) await atomicWrite(file, content);
}
