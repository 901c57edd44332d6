import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { ContentHash } from './contentHash';
import { diskFailure } from './diskErrors';
import type { HubFile } from './listing';

/** How much is read back at once: large enough for a disk, small enough to stay responsive. */
const READ_BYTES = 4 << 20;

/** What has come of a file, and its hash so far. */
export class PartialFile {
  /** Bytes from the start that are here. */
  position = 0;
  private hash: ContentHash;

  private constructor(
    private readonly handle: FileHandle,
    private readonly file: HubFile,
    private readonly id: string,
  ) {
    this.hash = new ContentHash(file);
  }

  /** Opens or makes it, and hashes what is there already; `onBytes` is told how far that is. */
  static async open(
    path: string,
    file: HubFile,
    id: string,
    signal: AbortSignal,
    onBytes: (bytes: number) => void,
  ): Promise<PartialFile> {
    const handle = await open(path, constants.O_RDWR | constants.O_CREAT).catch((error: unknown) => {
      throw diskFailure(error, id);
    });
    const partial = new PartialFile(handle, file, id);
    try {
      await partial.readBack(signal, onBytes);
      return partial;
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** Begins anew, when the server does. */
  restart(): void {
    this.position = 0;
    this.hash = new ContentHash(this.file);
  }

  async append(bytes: Uint8Array): Promise<void> {
    for (let done = 0; done < bytes.length;) {
      // At a position, so that whatever a crash or another writer left behind the end is written over.
      const { bytesWritten } = await this.handle
        .write(bytes, done, bytes.length - done, this.position + done)
        .catch((error: unknown) => {
          throw diskFailure(error, this.id);
        });
      done += bytesWritten;
    }
    this.hash.update(bytes);
    this.position += bytes.length;
  }

  /** Makes it durable and tells whether the content is that of the hub's listing. To be asked once, when all is here. */
  async isRight(): Promise<boolean> {
    await this.handle.sync();
    return this.hash.isRight();
  }

  close(): Promise<void> {
    return this.handle.close();
  }

  private async readBack(signal: AbortSignal, onBytes: (bytes: number) => void): Promise<void> {
    const { size } = await this.handle.stat();
    if (size > this.file.size) {
      await this.handle.truncate(0); // of another file, or damaged
      return;
    }
    const buffer = Buffer.allocUnsafe(Math.min(READ_BYTES, size));
    while (this.position < size) {
      signal.throwIfAborted();
      const length = Math.min(buffer.length, size - this.position);
      const { bytesRead } = await this.handle.read(buffer, 0, length, this.position);
      if (bytesRead === 0) return;
      this.hash.update(buffer.subarray(0, bytesRead));
      this.position += bytesRead;
      onBytes(this.position);
    }
  }
}
