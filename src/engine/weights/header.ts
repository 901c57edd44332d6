import { shortened } from '../../config/shortened';
import { UserError } from '../../config/userError';
import type { ByteSource } from './byteSource';
import { DTYPE_BITS, isDtype, type Dtype } from './dtype';

/** Where a tensor lies in its file. */
export interface TensorEntry {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** First byte, from the start of the file. */
  readonly start: number;
  /** One past the last byte. */
  readonly end: number;
}

export interface SafetensorsHeader {
  /** In the order of the header. */
  readonly tensors: ReadonlyMap<string, TensorEntry>;
  readonly metadata: ReadonlyMap<string, string>;
}

/** The reference implementation's limit; the header of a model with 100,000 tensors is a tenth of it. */
export const MAX_HEADER_BYTES = 100_000_000;

/** Far above any network's tensors; keeps a shape from filling error messages and memory. */
const MAX_DIMENSIONS = 32;

/** Bytes before the header: its length as a little-endian 64-bit number. */
const PREFIX_BYTES = 8;

/**
 * Reads and checks the header of a safetensors file. Trusts nothing in it: every length, shape and offset is checked
 * against the file before anything is read or allocated by it. As in the reference implementation the tensors must
 * cover the data exactly, without overlap or hole. So a name that stands twice in the JSON, of which JSON.parse keeps
 * the last, is refused with the hole that the first one leaves.
 * Throws a UserError that names the file, and the tensor where it is one tensor's fault.
 */
export async function readHeader(source: ByteSource): Promise<SafetensorsHeader> {
  const fail = (what: string): never => {
    throw new UserError(`${source.name}: ${what}; it is damaged or not a safetensors file, copy or download it again.`);
  };
  if (source.size < PREFIX_BYTES) return fail(`has ${source.size} bytes, too few for a safetensors file`);
  const prefix = new Uint8Array(PREFIX_BYTES);
  await source.read(prefix, 0);
  const claimed = new DataView(prefix.buffer).getBigUint64(0, true);
  if (claimed > BigInt(MAX_HEADER_BYTES)) {
    return fail(`claims a header of ${claimed} bytes, more than the ${MAX_HEADER_BYTES} of the format`);
  }
  const length = Number(claimed);
  const dataStart = PREFIX_BYTES + length;
  if (dataStart > source.size) return fail(`claims a header of ${length} bytes but has only ${source.size} in all`);
  const bytes = new Uint8Array(length);
  await source.read(bytes, PREFIX_BYTES);
  const header = parseObject(bytes) ?? fail('has a header that is not a JSON object');

  const tensors = new Map<string, TensorEntry>();
  let metadata: ReadonlyMap<string, string> = new Map();
  for (const [name, value] of Object.entries(header)) {
    if (name === '__metadata__') {
      metadata = parseMetadata(value) ?? fail('has "__metadata__" that is not a map of strings');
    } else {
      const entry = parseEntry(value, dataStart, source.size);
      if (typeof entry === 'string') return fail(`tensor "${shortened(name)}" ${entry}`);
      tensors.set(name, entry);
    }
  }
  const uncovered = firstUncovered(tensors, dataStart, source.size);
  return uncovered === undefined ? { tensors, metadata } : fail(uncovered);
}

function parseObject(bytes: Uint8Array): object | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function parseMetadata(value: unknown): ReadonlyMap<string, string> | undefined {
  if (!isObject(value)) return undefined;
  const entries: [string, unknown][] = Object.entries(value);
  return entries.every((entry): entry is [string, string] => typeof entry[1] === 'string')
    ? new Map(entries)
    : undefined;
}

/** The checked entry, or what is wrong with it. */
function parseEntry(value: unknown, dataStart: number, fileSize: number): TensorEntry | string {
  if (!isObject(value)) return 'is not described by an object';
  const { dtype, shape, data_offsets: offsets } = value as Record<string, unknown>;
  if (!isDtype(dtype)) return `has the unknown dtype ${shortened(JSON.stringify(dtype ?? null))}`;
  if (!isSizes(shape) || shape.length > MAX_DIMENSIONS) {
    return `has a shape that is not a list of at most ${MAX_DIMENSIONS} whole numbers from 0 on`;
  }
  if (!isSizes(offsets) || offsets.length !== 2) return 'has data_offsets that are not two whole numbers from 0 on';
  const [first, last] = offsets as [number, number];
  if (first > last) return `has data_offsets [${first}, ${last}] in the wrong order`;
  if (last > fileSize - dataStart) {
    return `ends at byte ${dataStart + last}, beyond the file's ${fileSize}`;
  }
  const bits = shape.reduce((product, size) => product * size, DTYPE_BITS[dtype]);
  if (!Number.isSafeInteger(bits) || bits !== (last - first) * 8) {
    return `has ${last - first} bytes, which does not fit dtype ${dtype} and shape [${shape.join(', ')}]`;
  }
  return { dtype, shape, start: dataStart + first, end: dataStart + last };
}

function firstUncovered(tensors: ReadonlyMap<string, TensorEntry>, start: number, end: number): string | undefined {
  const ordered = [...tensors].sort(([, a], [, b]) => a.start - b.start || a.end - b.end);
  let position = start;
  for (const [name, entry] of ordered) {
    if (entry.start < position) return `tensor "${shortened(name)}" overlaps the tensor before it`;
    if (entry.start > position)
      return `has ${entry.start - position} bytes before tensor "${shortened(name)}" that belong to none`;
    position = entry.end;
  }
  return position === end ? undefined : `has ${end - position} bytes after the last tensor that belong to none`;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && (size as number) >= 0);
}
