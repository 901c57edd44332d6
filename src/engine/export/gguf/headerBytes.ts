import { ARRAY_TYPE, BOOL_TYPE, NUMBER_TYPES, STRING_TYPE, type GgufMetadata, type GgufValue } from './metadataValue';
import { aligned, MAGIC, TENSOR_TYPES, VERSION, type TensorType } from './tensorType';

/** A tensor as the header tells of it. */
export interface TensorInfo {
  readonly name: string;
  /** Row-major, as in a model folder; the file has the sizes in the reverse order, fastest first. */
  readonly shape: readonly number[];
  readonly type: TensorType;
  /** First byte, from the start of the data. */
  readonly offset: number;
}

/**
 * The header of a GGUF file, padded to where the data begin. Its length does not depend on types and offsets of the
 * tensors, so it can be written again when they are known.
 */
export function headerBytes(metadata: GgufMetadata, tensors: readonly TensorInfo[]): Uint8Array {
  const out = new HeaderBuffer();
  out.bytes(Buffer.from(MAGIC));
  out.number('uint32', VERSION);
  out.number('uint64', tensors.length);
  out.number('uint64', metadata.size);
  for (const [key, value] of metadata) {
    out.string(key);
    writeValue(out, value);
  }
  for (const { name, shape, type, offset } of tensors) {
    out.string(name);
    out.number('uint32', shape.length);
    for (const size of [...shape].reverse()) out.number('uint64', size);
    out.number('uint32', TENSOR_TYPES[type].id);
    out.number('uint64', offset);
  }
  return out.padded();
}

function writeValue(out: HeaderBuffer, value: GgufValue): void {
  switch (value.type) {
    case 'bool':
      out.number('uint32', BOOL_TYPE);
      out.number('uint8', value.value ? 1 : 0);
      return;
    case 'string':
      out.number('uint32', STRING_TYPE);
      out.string(value.value);
      return;
    case 'array':
      out.number('uint32', ARRAY_TYPE);
      out.number(
        'uint32',
        value.of === 'string' ? STRING_TYPE : value.of === 'bool' ? BOOL_TYPE : NUMBER_TYPES[value.of].id,
      );
      out.number('uint64', value.values.length);
      if (value.of === 'string') for (const text of value.values) out.string(text);
      else if (value.of === 'bool') for (const flag of value.values) out.number('uint8', flag ? 1 : 0);
      else for (let i = 0; i < value.values.length; i++) out.number(value.of, value.values[i] as number);
      return;
    default:
      out.number('uint32', NUMBER_TYPES[value.type].id);
      out.number(value.type, value.value);
  }
}

/** Little-endian bytes that grow. */
class HeaderBuffer {
  private buffer = Buffer.alloc(1 << 16);
  private length = 0;

  bytes(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.buffer.set(bytes, this.length);
    this.length += bytes.length;
  }

  string(text: string): void {
    const bytes = Buffer.from(text, 'utf8');
    this.number('uint64', bytes.length);
    this.bytes(bytes);
  }

  number(type: keyof typeof NUMBER_TYPES, value: number): void {
    const { bytes } = NUMBER_TYPES[type];
    this.reserve(bytes);
    const at = this.length;
    switch (type) {
      case 'float32':
        this.buffer.writeFloatLE(value, at);
        break;
      case 'float64':
        this.buffer.writeDoubleLE(value, at);
        break;
      case 'uint64':
        this.buffer.writeBigUInt64LE(BigInt(value), at);
        break;
      case 'int64':
        this.buffer.writeBigInt64LE(BigInt(value), at);
        break;
      case 'uint8':
      case 'uint16':
      case 'uint32':
        this.buffer.writeUIntLE(value, at, bytes);
        break;
      case 'int8':
      case 'int16':
      case 'int32':
        this.buffer.writeIntLE(value, at, bytes);
        break;
    }
    this.length += bytes;
  }

  padded(): Uint8Array {
    const end = aligned(this.length);
    this.reserve(end - this.length);
    return this.buffer.fill(0, this.length, end).subarray(0, end);
  }

  private reserve(bytes: number): void {
    if (this.length + bytes <= this.buffer.length) return;
    const larger = Buffer.alloc(Math.max(2 * this.buffer.length, this.length + bytes));
    larger.set(this.buffer.subarray(0, this.length));
    this.buffer = larger;
  }
}
