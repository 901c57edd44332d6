import { createHash } from 'node:crypto';
import { readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../../config/userError';
import { openFileBytes, type ByteSource } from '../../weights/byteSource';
import type { Example } from '../example';
import { outside, type Examples } from '../examples';
import type { ReadingCounts } from '../readingCounts';
import { decodeRecord, recordWords } from './exampleRecord';
import { movedPlaces } from './movedPlaces';
import { STORE_FILES, STORE_HEADER, storeHeaderSchema, type StoreHeader } from './storeFormat';

/** Every so many examples their place in tokens.bin is kept; the others follow from the lengths between. */
const PLACE_STEP = 64;

/** Reads under way at once: enough to keep a disk busy, few enough for the system's thread pool. */
const READS_AT_ONCE = 64;

/**
 * The examples of a store. In memory it holds 4 bytes an example (8 where they may be 32,768 tokens and longer) and an
 * eighth of a byte for places; tokens are read when they are asked for. Its owner closes it.
 */
export class TokenStore implements Examples {
  /** Where example 64 i begins in tokens.bin. Words of 4 bytes. */
  private readonly places: Float64Array;
  private readonly mark: number;

  private constructor(
    readonly folder: string,
    private readonly header: StoreHeader,
    private readonly lengths: Uint16Array | Uint32Array,
    private readonly supervised: Uint16Array | Uint32Array,
    private readonly bytes: ByteSource,
  ) {
    this.mark = 2 ** (8 * header.lengthBytes - 1);
    this.places = new Float64Array(Math.ceil(lengths.length / PLACE_STEP));
    let place = 0;
    for (let index = 0; index < lengths.length; index++) {
      if (index % PLACE_STEP === 0) this.places[index / PLACE_STEP] = place;
      place += recordWords(lengths[index] as number, header.form);
    }
    if (4 * place !== header.files.tokens.bytes) throw new DamagedStore('its lengths do not add up');
  }

  /** Throws {@link DamagedStore} when the folder is not a whole store of this version. */
  static async open(folder: string): Promise<TokenStore> {
    const header = await readHeader(folder);
    const { lengths, supervised, records } = header.files;
    const size = header.lengthBytes;
    for (const [file, { bytes }] of [
      ['tokens', header.files.tokens],
      ['records', records],
    ] as const) {
      if ((await sizeOf(join(folder, STORE_FILES[file]))) !== bytes) {
        throw new DamagedStore(`${STORE_FILES[file]} is not of its size`);
      }
    }
    const lengthBytes = await readIndex(join(folder, STORE_FILES.lengths), header.examples * size, lengths.sha256);
    const countBytes = await readIndex(join(folder, STORE_FILES.supervised), header.examples * size, supervised.sha256);
    const bytes = await openFileBytes(join(folder, STORE_FILES.tokens));
    try {
      return new TokenStore(folder, header, figures(lengthBytes, size), figures(countBytes, size), bytes);
    } catch (error) {
      await bytes.close();
      throw error;
    }
  }

  get length(): number {
    return this.lengths.length;
  }

  /** What became of the data when the store was made, with places in `files`, where the data lies now. */
  countsAt(files: readonly string[]): ReadingCounts {
    return movedPlaces(this.header.counts, this.header.sources, files);
  }

  tokensOf(index: number): number {
    return this.lengths[index] ?? outside(index, this.length);
  }

  supervisedOf(index: number): number {
    const count = this.supervised[index] ?? outside(index, this.length);
    return count % this.mark;
  }

  truncatedAt(index: number): boolean {
    return (this.supervised[index] ?? outside(index, this.length)) >= this.mark;
  }

  async records(): Promise<Uint32Array> {
    const { sha256 } = this.header.files.records;
    try {
      const bytes = await readIndex(join(this.folder, STORE_FILES.records), 4 * this.length, sha256);
      return new Uint32Array(bytes.buffer);
    } catch (error) {
      throw error instanceof DamagedStore ? await this.discard() : error;
    }
  }

  async read(indices: ArrayLike<number>): Promise<Example[]> {
    const examples: Example[] = [];
    for (let from = 0; from < indices.length; from += READS_AT_ONCE) {
      const some = Array.from({ length: Math.min(READS_AT_ONCE, indices.length - from) }, (_, i) =>
        this.readOne(indices[from + i] as number),
      );
      for (const example of await Promise.all(some)) examples.push(example);
    }
    return examples;
  }

  close(): Promise<void> {
    return this.bytes.close();
  }

  private async readOne(index: number): Promise<Example> {
    const length = this.tokensOf(index);
    const words = new Uint32Array(recordWords(length, this.header.form));
    try {
      await this.bytes.read(new Uint8Array(words.buffer), 4 * this.placeOf(index));
    } catch (error) {
      // The file ends too early, though it had its size when it was opened.
      throw error instanceof UserError ? await this.discard() : error;
    }
    const example = decodeRecord(words, length, this.header.form);
    if (example === undefined) throw await this.discard();
    return example;
  }

  private placeOf(index: number): number {
    const nearest = Math.floor(index / PLACE_STEP);
    let place = this.places[nearest] as number;
    for (let before = nearest * PLACE_STEP; before < index; before++) {
      place += recordWords(this.lengths[before] as number, this.header.form);
    }
    return place;
  }

  /** Takes the store away, so that the next run makes it anew, and returns the error that says so. */
  private async discard(): Promise<UserError> {
    await rm(join(this.folder, STORE_HEADER), { force: true });
    return new UserError(
      `${this.folder}: the tokenized data there is damaged and was discarded; resume the run, and it is made again.`,
    );
  }
}

/** What stands in a folder is not a whole store. */
export class DamagedStore extends Error {}

async function readHeader(folder: string): Promise<StoreHeader> {
  let json: unknown;
  try {
    json = JSON.parse(await readFile(join(folder, STORE_HEADER), 'utf8'));
  } catch {
    throw new DamagedStore(`${STORE_HEADER} cannot be read`);
  }
  const parsed = storeHeaderSchema.safeParse(json);
  if (!parsed.success) throw new DamagedStore(`${STORE_HEADER} is of another version`);
  return parsed.data;
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch {
    throw new DamagedStore(`${file} is missing`);
  }
}

/** A file whole, when it has this size and this SHA-256. */
async function readIndex(file: string, bytes: number, sha256: string): Promise<Uint8Array> {
  if ((await sizeOf(file)) !== bytes) throw new DamagedStore(`${file} is not of its size`);
  const content = new Uint8Array(bytes);
  const source = await openFileBytes(file);
  try {
    await source.read(content, 0);
  } finally {
    await source.close();
  }
  if (createHash('sha256').update(content).digest('hex') !== sha256) throw new DamagedStore(`${file} has changed`);
  return content;
}

function figures(bytes: Uint8Array, size: 2 | 4): Uint16Array | Uint32Array {
  return size === 2 ? new Uint16Array(bytes.buffer) : new Uint32Array(bytes.buffer);
}
