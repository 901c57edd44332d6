import { openFileBytes, type ByteSource } from '../weights/byteSource';
import { ValueReader } from './valueReader';

/** Shards that stay open at once; a comparison goes through them more or less in order. */
const KEPT = 4;

interface OpenFile {
  readonly source: ByteSource;
  readonly reader: ValueReader;
}

/** Files that are read in turns, opened when first wanted; the one not wanted for longest is closed. */
export class OpenFiles {
  private readonly open = new Map<string, OpenFile>();

  /** @param side two sides may be the same file, and each needs memory of its own */
  async reader(side: 'left' | 'right', path: string): Promise<ValueReader> {
    const key = `${side} ${path}`;
    const known = this.open.get(key);
    if (known !== undefined) {
      this.open.delete(key);
      this.open.set(key, known);
      return known.reader;
    }
    const source = await openFileBytes(path);
    const opened = { source, reader: new ValueReader(source) };
    this.open.set(key, opened);
    for (const [oldest, file] of this.open) {
      if (this.open.size <= KEPT) break;
      this.open.delete(oldest);
      await file.source.close();
    }
    return opened.reader;
  }

  async close(): Promise<void> {
    for (const { source } of this.open.values()) await source.close();
    this.open.clear();
  }
}
