import { createHash } from 'node:crypto';
import type { HubFile } from './listing';

/** Takes the bytes of a file in order and tells whether they are what the hub lists. */
export class ContentHash {
  private readonly hash;

  constructor(private readonly file: HubFile) {
    const { hash, size } = file;
    this.hash = createHash(hash.kind === 'sha256' ? 'sha256' : 'sha1');
    // git hashes a header with the size in front of the content.
    if (hash.kind === 'git') this.hash.update(`blob ${size}\0`);
  }

  update(bytes: Uint8Array): void {
    this.hash.update(bytes);
  }

  /** To be asked once, after the last byte. */
  isRight(): boolean {
    return this.hash.digest('hex') === this.file.hash.hex;
  }
}
