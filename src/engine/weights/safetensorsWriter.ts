import { atomicWrite } from '../../run/atomicWrite';
import { headerBytes } from './headerBytes';

/** A tensor to write: `data` is row-major and as long as the product of `shape`. */
export interface Float32Tensor {
  readonly dtype: 'F32';
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/**
 * Writes a safetensors file atomically, laid out as the reference implementation lays it out: metadata first, tensors by
 * falling element size (here all F32) and then by name, the header padded with spaces so that the data starts at a
 * multiple of 8. The same tensors always give the same bytes.
 */
export async function writeSafetensors(
  file: string,
  tensors: ReadonlyMap<string, Float32Tensor>,
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  const ordered = [...tensors]
    .sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    .map(([name, tensor]) => ({ name, ...tensor }));
  for (const { name, shape, data } of ordered) {
    const elements = shape.reduce((product, size) => product * size, 1);
    if (elements !== data.length) {
      throw new RangeError(`tensor "${name}" has ${data.length} values for shape [${shape.join(', ')}]`);
    }
  }
  const parts = ordered.map(({ data }) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  await atomicWrite(file, [headerBytes(ordered, metadata), ...parts]);
}
