import { createHash, type Hash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';

/** Written to the disk at once: few calls, little memory. */
const BUFFER_BYTES = 1 << 20;

/** A new file that grows at its end. Its owner closes it. */
export class AppendedFile {
  private readonly buffer = new Uint8Array(BUFFER_BYTES);
  private readonly hash: Hash = createHash('sha256');
  private filled = 0;
  private written = 0;

  private constructor(private readonly handle: FileHandle) {}

  /** Throws when there is such a file already. */
  static async create(file: string): Promise<AppendedFile> {
    return new AppendedFile(await open(file, 'wx'));
  }

  /** Bytes so far. */
  get bytes(): number {
    return this.written + this.filled;
  }

  async append(array: Uint8Array | Uint16Array | Uint32Array): Promise<void> {
    const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
    if (this.filled + bytes.length > BUFFER_BYTES) await this.flush();
    if (bytes.length > BUFFER_BYTES) await this.write(bytes);
    else {
      this.buffer.set(bytes, this.filled);
      this.filled += bytes.length;
    }
  }

  /** Brings all of it to the disk. Returns its size and SHA-256. */
  async finish(): Promise<{ bytes: number; sha256: string }> {
    await this.flush();
    await this.handle.sync();
    return { bytes: this.written, sha256: this.hash.digest('hex') };
  }

  close(): Promise<void> {
    return this.handle.close();
  }

  private async flush(): Promise<void> {
    await this.write(this.buffer.subarray(0, this.filled));
    this.filled = 0;
  }

  private async write(bytes: Uint8Array): Promise<void> {
    this.hash.update(bytes);
    await this.handle.writeFile(bytes);
    this.written += bytes.length;
  }
}
