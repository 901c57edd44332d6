import type { ByteSource } from '../../weights/byteSource';

/** Read from a file at once. */
const WINDOW = 1 << 20;

/** Reads little-endian values one after the other from the start of a file, as far as `limit`. */
export class ByteCursor {
  private window: Buffer = Buffer.alloc(0);
  /** Of the window, in the file. */
  private start = 0;
  private at = 0;

  /** `beyond` makes the error for a read past the limit. */
  constructor(
    private readonly source: ByteSource,
    private readonly limit: number,
    private readonly beyond: () => Error,
  ) {}

  /** Bytes read so far. */
  get position(): number {
    return this.start + this.at;
  }

  /** Bytes that may still be read. */
  get remaining(): number {
    return this.limit - this.position;
  }

  async uint32(): Promise<number> {
    return (await this.take(4)).readUInt32LE();
  }

  async uint64(): Promise<bigint> {
    return (await this.take(8)).readBigUInt64LE();
  }

  /** The next bytes; the buffer is good until the next call. Throws when the limit comes first. */
  async take(bytes: number): Promise<Buffer> {
    if (bytes > this.remaining) throw this.beyond();
    if (this.at + bytes > this.window.length) await this.fill(bytes);
    const taken = this.window.subarray(this.at, this.at + bytes);
    this.at += bytes;
    return taken;
  }

  private async fill(bytes: number): Promise<void> {
    const start = this.position;
    const window = Buffer.alloc(Math.min(Math.max(bytes, WINDOW), this.limit - start));
    await this.source.read(window, start);
    this.window = window;
    this.start = start;
    this.at = 0;
  }
}
