import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { flushFolder } from '../../../run/atomicWrite';
import { roundFloats } from '../../weights/roundFloats';
import { headerBytes, type TensorInfo } from './headerBytes';
import type { GgufMetadata } from './metadataValue';
import { aligned, TENSOR_TYPES, type TensorType } from './tensorType';

/** A tensor to write; its values are asked for when it is its turn, and let go after. */
export interface GgufTensor {
  readonly name: string;
  /** Row-major. */
  readonly shape: readonly number[];
  /** F16 becomes F32 where a value is too large for it. */
  readonly type: TensorType;
  readonly read: () => Promise<Float32Array>;
}

export interface WriteOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called after each tensor with how many are written. */
  readonly onProgress?: ((written: number, total: number) => void) | undefined;
}

export interface WrittenGguf {
  /** Bytes of the file. */
  readonly bytes: number;
  /** Tensors that were to be F16 and are F32, because they have values beyond ±65504. */
  readonly widened: readonly string[];
}

/** Values converted and written at once: bounds the memory beside a tensor's own. */
const CHUNK = 1 << 20;

/**
 * Writes a GGUF file (version 3, little-endian) tensor by tensor, so that one of them is in memory at a time. The file
 * appears whole or not at all: it is written beside its place, flushed and renamed. An aborted signal ends it.
 */
export async function writeGguf(
  file: string,
  metadata: GgufMetadata,
  tensors: readonly GgufTensor[],
  { signal, onProgress }: WriteOptions = {},
): Promise<WrittenGguf> {
  const temporary = join(dirname(file), `.${process.pid}-${counter++}.gguf.tmp`);
  try {
    const handle = await open(temporary, 'wx');
    let written: WrittenGguf;
    try {
      const widened: string[] = [];
      const infos: TensorInfo[] = [];
      const planned = tensors.map(({ name, shape, type }) => ({ name, shape, type, offset: 0 }));
      const dataStart = headerBytes(metadata, planned).length;
      let end = 0;
      for (const tensor of tensors) {
        signal?.throwIfAborted();
        const { name, shape } = tensor;
        const values = await tensor.read();
        requireLength(tensor, values.length);
        const offset = aligned(end);
        const type = await writeValues(handle, dataStart + offset, values, tensor.type);
        if (type !== tensor.type) widened.push(name);
        infos.push({ name, shape, type, offset });
        end = offset + values.length * TENSOR_TYPES[type].bytes;
        onProgress?.(infos.length, tensors.length);
      }
      // Readers want the padding of the last tensor too.
      const bytes = dataStart + aligned(end);
      await handle.truncate(bytes);
      await writeAll(handle, headerBytes(metadata, infos), 0);
      await handle.sync();
      written = { bytes, widened };
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
    await flushFolder(dirname(file));
    return written;
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

let counter = 0;

/** Returns the type that was written. */
async function writeValues(
  handle: FileHandle,
  position: number,
  values: Float32Array,
  wanted: TensorType,
): Promise<TensorType> {
  const type = wanted === 'F16' && overflows(values) ? 'F32' : wanted;
  const { bytes } = TENSOR_TYPES[type];
  const buffer = new Uint8Array(Math.min(CHUNK, values.length) * bytes);
  for (let start = 0; start < values.length; start += CHUNK) {
    const part = roundFloats(type, values.subarray(start, start + CHUNK), buffer);
    await writeAll(handle, part, position + start * bytes);
  }
  return type;
}

/** The largest half is 65504; from halfway to what would follow it, values round to infinity. */
const HALF_OVERFLOW = 65_520;

function overflows(values: Float32Array): boolean {
  for (let i = 0; i < values.length; i++) if (Math.abs(values[i] as number) >= HALF_OVERFLOW) return true;
  return false;
}

async function writeAll(handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}

function requireLength({ name, shape }: GgufTensor, length: number): void {
  const elements = shape.reduce((product, size) => product * size, 1);
  if (elements !== length)
    throw new RangeError(`tensor "${name}" has ${length} values for shape [${shape.join(', ')}]`);
}
