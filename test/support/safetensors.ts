import { readFileSync } from 'node:fs';

export interface TestTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array | BigInt64Array;
}

/**
 * Reads a small .safetensors file of float32 and int64 tensors: 8 bytes little-endian header length, a JSON header,
 * then the data. For tests only, so that fixtures do not depend on the reader under test.
 */
export function readSafetensors(path: string): Map<string, TestTensor> {
  const bytes = readFileSync(path);
  const headerEnd = 8 + Number(bytes.readBigUInt64LE(0));
  const header = JSON.parse(bytes.toString('utf8', 8, headerEnd)) as Record<
    string,
    { dtype: string; shape: number[]; data_offsets: [number, number] }
  >;
  const tensors = new Map<string, TestTensor>();
  for (const [name, entry] of Object.entries(header)) {
    if (name === '__metadata__') continue;
    const { dtype, shape, data_offsets: offsets } = entry;
    const [from, to] = offsets;
    // A copy of its own is aligned, which a view into the file need not be.
    const data = new Uint8Array(bytes.subarray(headerEnd + from, headerEnd + to)).buffer;
    if (dtype !== 'F32' && dtype !== 'I64') throw new Error(`${path}: ${name} is ${dtype}`);
    tensors.set(name, { shape, values: dtype === 'F32' ? new Float32Array(data) : new BigInt64Array(data) });
  }
  return tensors;
}
