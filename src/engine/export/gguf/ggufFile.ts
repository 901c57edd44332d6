import { shortened } from '../../../config/shortened';
import { UserError } from '../../../config/userError';
import { openFileBytes, type ByteSource } from '../../weights/byteSource';
import { convertFloats } from '../../weights/floatConversion';
import type { GgufMetadata } from './metadataValue';
import { readGgufHeader, type GgufEntry, type GgufHeader } from './readHeader';
import { TENSOR_TYPES } from './tensorType';

/** Bytes converted at once: bounds the memory beside the result. */
const CONVERSION_CHUNK = 4 << 20;

/** An open GGUF file. Its header is read; tensors are read when asked for. */
export class GgufFile {
  readonly metadata: GgufMetadata;
  /** In the order of the file. */
  readonly tensors: ReadonlyMap<string, GgufEntry>;

  constructor(
    private readonly source: ByteSource,
    header: GgufHeader,
  ) {
    this.metadata = header.metadata;
    this.tensors = header.tensors;
  }

  /** The path it was opened by. */
  get file(): string {
    return this.source.name;
  }

  /** Throws a UserError when there is no such tensor. */
  entry(name: string): GgufEntry {
    const entry = this.tensors.get(name);
    if (entry === undefined) throw new UserError(`${this.file}: has no tensor "${shortened(name)}"; export it again.`);
    return entry;
  }

  /** The values, row-major, as float32. Throws a UserError when there is no such tensor. */
  async readFloat32(name: string): Promise<Float32Array> {
    const { type, shape, start, end } = this.entry(name);
    const values = new Float32Array(shape.reduce((product, size) => product * size, 1));
    if (type === 'F32') {
      await this.source.read(new Uint8Array(values.buffer), start);
      return values;
    }
    const chunk = new Uint8Array(Math.min(CONVERSION_CHUNK, end - start));
    for (let position = start; position < end; position += chunk.length) {
      const bytes = chunk.subarray(0, Math.min(chunk.length, end - position));
      await this.source.read(bytes, position);
      convertFloats(type, bytes, values, (position - start) / TENSOR_TYPES[type].bytes);
    }
    return values;
  }

  close(): Promise<void> {
    return this.source.close();
  }
}

/** Opens a GGUF file and checks its header. Throws a UserError when it is missing or malformed. */
export async function openGguf(file: string): Promise<GgufFile> {
  const source = await openFileBytes(file);
  try {
    return new GgufFile(source, await readGgufHeader(source));
  } catch (error) {
    await source.close();
    throw error;
  }
}
