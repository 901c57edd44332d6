import { shortened } from '../../config/shortened';
import { UserError } from '../../config/userError';
import type { ByteSource } from '../weights/byteSource';
import type { SafetensorsHeader, TensorEntry } from '../weights/header';
import { decode, elementBytes, isDecoded } from './decode';

/**
 * Elements read and decoded at once: 2 to 16 MB in memory, and some milliseconds between two reads, in which the engine
 * answers others and hears of a cancellation.
 */
export const CHUNK_VALUES = 1 << 20;

/** Reads elements of one tensor after another as float64, into memory that is used again for each piece. */
export class ValueReader {
  private readonly bytes: Uint8Array<ArrayBuffer>;
  private readonly values: Float64Array;
  private readonly halves: Float32Array;

  /** @param most elements that one call reads */
  constructor(
    private readonly source: ByteSource,
    most = CHUNK_VALUES,
  ) {
    this.bytes = new Uint8Array(8 * most);
    this.values = new Float64Array(most);
    this.halves = new Float32Array(most);
  }

  /** Elements `from` to `to` of a tensor; they stay until the next call. */
  async read(entry: TensorEntry, from: number, to: number): Promise<Float64Array> {
    return decode(entry.dtype, await this.readBytes(entry, from, to), this.values, this.halves);
  }

  /** The same, undecoded. */
  async readBytes({ dtype, start }: TensorEntry, from: number, to: number): Promise<Uint8Array<ArrayBuffer>> {
    const size = elementBytes(dtype);
    const bytes = this.bytes.subarray(0, (to - from) * size);
    await this.source.read(bytes, start + from * size);
    return bytes;
  }

  decode({ dtype }: TensorEntry, bytes: Uint8Array): Float64Array {
    return decode(dtype, bytes, this.values, this.halves);
  }
}

export function elementsOf({ shape }: TensorEntry): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** The entry of a tensor whose values can be read. Throws a UserError where there is none, or of a type without. */
export function readableEntry(file: string, { tensors }: SafetensorsHeader, name: string): TensorEntry {
  const entry = tensors.get(name);
  if (entry === undefined) throw new UserError(`${file}: has no tensor "${shortened(name)}"; reload it.`);
  if (!isDecoded(entry.dtype)) {
    throw new UserError(
      `${file}: "${shortened(name)}" is of ${entry.dtype}, whose values are not shown; convert it to a float or integer type to see them.`,
    );
  }
  return entry;
}
