import { DTYPE_BITS, type Dtype } from './dtype';

/** What the header says of a tensor, apart from where it lies. */
export interface TensorDescription {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
}

/** Bytes of a tensor's data. Throws a RangeError where elements do not fill whole bytes. */
export function tensorBytes({ name, dtype, shape }: TensorDescription): number {
  const bytes = (shape.reduce((product, size) => product * size, 1) * DTYPE_BITS[dtype]) / 8;
  if (!Number.isSafeInteger(bytes)) throw new RangeError(`tensor "${name}" of ${dtype} does not fill whole bytes`);
  return bytes;
}

/**
 * The start of a safetensors file whose data are these tensors one behind the other: the length of the header, the
 * header with metadata first, padded with spaces so that the data start at a multiple of 8.
 */
export function headerBytes(
  tensors: readonly TensorDescription[],
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const header: [string, unknown][] = [];
  if (Object.keys(metadata).length > 0) header.push(['__metadata__', metadata]);
  let offset = 0;
  for (const tensor of tensors) {
    const end = offset + tensorBytes(tensor);
    header.push([tensor.name, { dtype: tensor.dtype, shape: tensor.shape, data_offsets: [offset, end] }]);
    offset = end;
  }
  // Not JSON.stringify of one object: that would move names that look like numbers to the front.
  const fields = header.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`);
  const json = Buffer.from(`{${fields.join(',')}}`);
  const padded = Math.ceil(json.length / 8) * 8;
  const bytes = Buffer.alloc(8 + padded, ' ');
  bytes.writeBigUInt64LE(BigInt(padded), 0);
  json.copy(bytes, 8);
  return bytes;
}
