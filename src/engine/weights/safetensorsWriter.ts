import { atomicWrite } from '../../run/atomicWrite';

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
  const ordered = [...tensors].sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  const header: [string, unknown][] = [];
  if (Object.keys(metadata).length > 0) header.push(['__metadata__', metadata]);
  let offset = 0;
  for (const [name, { dtype, shape, data }] of ordered) {
    const elements = shape.reduce((product, size) => product * size, 1);
    if (elements !== data.length) {
      throw new RangeError(`tensor "${name}" has ${data.length} values for shape [${shape.join(', ')}]`);
    }
    header.push([name, { dtype, shape, data_offsets: [offset, offset + data.byteLength] }]);
    offset += data.byteLength;
  }
  // Not JSON.stringify of one object: that would move names that look like numbers to the front.
  const fields = header.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`);
  const json = Buffer.from(`{${fields.join(',')}}`);
  const padded = Math.ceil(json.length / 8) * 8;
  const prefix = Buffer.alloc(8 + padded, ' ');
  prefix.writeBigUInt64LE(BigInt(padded), 0);
  json.copy(prefix, 8);
  const parts = ordered.map(([, { data }]) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  await atomicWrite(file, [prefix, ...parts]);
}
