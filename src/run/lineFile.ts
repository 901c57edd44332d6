import { open, readFile } from 'node:fs/promises';
import { atomicWrite } from './atomicWrite';
import { systemErrorCode } from '../config/userError';

/** Bytes read at once while following a file. */
const CHUNK = 1 << 20;

/** The longest that a run writes are spectra of some megabytes. What is longer is dropped as it comes, not held. */
const LONGEST_LINE = 64 << 20;

export interface FollowBounds {
  /** Bytes that one call of `read` takes at most; the next one goes on. All unless given. */
  readonly mostBytes?: number;
  /** Bytes of a line; longer ones are dropped. */
  readonly longestLine?: number;
}

/**
 * Follows an append-only file of lines. Each call of `read` returns the whole lines added since the last;
 * a line still being written is kept until its newline arrives. A file that became shorter was rewritten
 * (a run resumed from an earlier checkpoint): `restarted` is then true and reading begins again.
 */
export class LineFollower {
  private position = 0;
  /** The pieces of a line whose newline has not come. */
  private rest: Buffer[] = [];
  private restLength = 0;
  private readonly mostBytes: number;
  private readonly longestLine: number;

  constructor(
    private readonly file: string,
    { mostBytes = Infinity, longestLine = LONGEST_LINE }: FollowBounds = {},
  ) {
    this.mostBytes = mostBytes;
    this.longestLine = longestLine;
  }

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
        this.keep([]);
      }
      const lines: string[] = [];
      const end = Math.min(size, this.position + this.mostBytes);
      while (this.position < end) {
        const buffer = Buffer.alloc(Math.min(CHUNK, end - this.position));
        const { bytesRead } = await handle.read(buffer, 0, buffer.length, this.position);
        if (bytesRead === 0) break;
        this.position += bytesRead;
        this.split(buffer.subarray(0, bytesRead), lines);
      }
      return { lines, restarted };
    } finally {
      await handle.close();
    }
  }

  private split(bytes: Buffer, lines: string[]): void {
    let start = 0;
    for (let end = bytes.indexOf(10, start); end >= 0; end = bytes.indexOf(10, start)) {
      const length = this.restLength + end - start;
      const line = this.rest.length === 0 ? bytes.subarray(start, end) : this.joined(bytes.subarray(start, end));
      if (length > 0 && length <= this.longestLine) lines.push(line.toString('utf8'));
      this.keep([]);
      start = end + 1;
    }
    const length = this.restLength + bytes.length - start;
    // Of a line that is too long already only the length is kept, so that its end is known as such.
    this.keep(length > this.longestLine ? [] : [...this.rest, bytes.subarray(start)], length);
  }

  private joined(end: Buffer): Buffer {
    return Buffer.concat([...this.rest, end]);
  }

  private keep(rest: Buffer[], length = 0): void {
    this.rest = rest;
    this.restLength = length;
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
