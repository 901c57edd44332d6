import { shortened } from '../../config/shortened';
import { UserError } from '../../config/userError';
import { openFileBytes, type ByteSource } from './byteSource';
import { elementBytes, isFloatDtype, type FloatDtype } from './dtype';
import { convertFloats } from './floatConversion';
import { readHeader, type SafetensorsHeader, type TensorEntry } from './header';
import { bytesOf, type StoredPlace } from './storedPlace';

/** Bytes converted at once: bounds the memory beside the result. A multiple of every element size. */
const CONVERSION_CHUNK = 4 << 20;

/** An open safetensors file. Its header is read; tensors are read when asked for. */
export class SafetensorsFile {
  /** In the order of the header. */
  readonly tensors: ReadonlyMap<string, TensorEntry>;
  readonly metadata: ReadonlyMap<string, string>;

  constructor(
    private readonly source: ByteSource,
    header: SafetensorsHeader,
  ) {
    this.tensors = header.tensors;
    this.metadata = header.metadata;
  }

  /** The path it was opened by. */
  get file(): string {
    return this.source.name;
  }

  /** The entry of a tensor. Throws a UserError when there is none of this name. */
  entry(name: string): TensorEntry {
    const entry = this.tensors.get(name);
    if (entry === undefined)
      throw new UserError(`${this.file}: has no tensor "${shortened(name)}"; it is not the file that is needed here.`);
    return entry;
  }

  /**
   * The values of an F32, F16, BF16 or F64 tensor, row-major, as float32: in `into` where given, which must be as long.
   * Throws a UserError for other dtypes.
   */
  async readFloat32(name: string, into?: Float32Array): Promise<Float32Array> {
    const { dtype, start, end, shape } = this.floatEntry(name);
    const length = shape.reduce((product, size) => product * size, 1);
    const values = into ?? new Float32Array(length);
    if (values.length !== length) throw new RangeError(`${values.length} places for the ${length} values of ${name}`);
    if (dtype === 'F32') {
      await this.source.read(bytesOf(values), start);
      return values;
    }
    const chunk = new Uint8Array(Math.min(CONVERSION_CHUNK, end - start));
    for (let position = start; position < end; position += chunk.length) {
      const bytes = chunk.subarray(0, Math.min(chunk.length, end - position));
      await this.source.read(bytes, position);
      convertFloats(dtype, bytes, values, (position - start) / elementBytes(dtype));
    }
    return values;
  }

  /** Where the values of a float tensor lie, if in a file that threads can read. Throws a UserError for other dtypes. */
  place(name: string): StoredPlace | undefined {
    const { dtype, start, end } = this.floatEntry(name);
    const { name: file, descriptor } = this.source;
    return descriptor === undefined ? undefined : { file, descriptor, dtype, start, end };
  }

  /**
   * The bytes of a tensor of any dtype, piece by piece, each of whole elements. The pieces share one buffer: a piece
   * stays as it is until the next is asked for.
   */
  async *pieces(name: string): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    const { start, end } = this.entry(name);
    const chunk = new Uint8Array(Math.min(CONVERSION_CHUNK, end - start));
    for (let position = start; position < end; position += chunk.length) {
      const bytes = chunk.subarray(0, Math.min(chunk.length, end - position));
      await this.source.read(bytes, position);
      yield bytes;
    }
  }

  /** The bytes of a tensor of any dtype, in a buffer of their own. */
  async readBytes(name: string): Promise<Uint8Array<ArrayBuffer>> {
    const { start, end } = this.entry(name);
    const bytes = new Uint8Array(end - start);
    await this.source.read(bytes, start);
    return bytes;
  }

  close(): Promise<void> {
    return this.source.close();
  }

  private floatEntry(name: string): TensorEntry & { readonly dtype: FloatDtype } {
    const { dtype, ...entry } = this.entry(name);
    if (isFloatDtype(dtype)) return { ...entry, dtype };
    throw new UserError(
      `${this.file}: tensor "${shortened(name)}" has dtype ${dtype}; only F32, F16, BF16 and F64 weights can be used, so convert it first.`,
    );
  }
}

/** Opens a safetensors file and checks its header. Throws a UserError when it is missing or malformed. */
export async function openSafetensors(file: string): Promise<SafetensorsFile> {
  const source = await openFileBytes(file);
  try {
    return new SafetensorsFile(source, await readHeader(source));
  } catch (error) {
    await source.close();
    throw error;
  }
}
