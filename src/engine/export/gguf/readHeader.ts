import { shortened } from '../../../config/shortened';
import { UserError } from '../../../config/userError';
import type { ByteSource } from '../../weights/byteSource';
import { ByteCursor } from './byteCursor';
import type { GgufMetadata, GgufValue } from './metadataValue';
import { readValue } from './readValue';
import {
  ALIGNMENT,
  aligned,
  MAGIC,
  MAX_DIMENSIONS,
  TENSOR_TYPES,
  tensorTypeOf,
  VERSION,
  type TensorType,
} from './tensorType';

/** Where a tensor lies in its file. */
export interface GgufEntry {
  readonly type: TensorType;
  /** Row-major. */
  readonly shape: readonly number[];
  /** First byte, from the start of the file. */
  readonly start: number;
  /** One past the last byte. */
  readonly end: number;
}

export interface GgufHeader {
  readonly metadata: GgufMetadata;
  /** In the order of the file. */
  readonly tensors: ReadonlyMap<string, GgufEntry>;
}

/** Vocabulary and merges of the largest tokenizers take 20 MB. */
export const MAX_HEADER_BYTES = 100_000_000;
/** The largest models have some ten thousand tensors and hundred keys. */
export const MAX_TENSORS = 1 << 17;
export const MAX_KEYS = 1 << 10;
/** The format's bound of a key; the names of tensors are shorter still. */
const MAX_NAME_BYTES = 65_535;
const MAX_ALIGNMENT = 1 << 20;

/**
 * Reads and checks the header of a GGUF file of version 3 with tensors of floats, as they are written here. Trusts
 * nothing in it: every count, length and offset is checked against bounds and the file before anything is allocated by
 * it, and tensors may not overlap. Throws a UserError that names the file, and the tensor or key at fault.
 */
export async function readGgufHeader(source: ByteSource): Promise<GgufHeader> {
  const fail = (what: string): UserError =>
    new UserError(`${source.name}: ${what}; it is damaged or not a GGUF file written here, export it again.`);
  const cursor = new ByteCursor(source, Math.min(source.size, MAX_HEADER_BYTES), () => fail('ends within its header'));
  if ((await cursor.take(4)).toString('latin1') !== MAGIC) throw fail('does not begin with GGUF');
  const version = await cursor.uint32();
  if (version !== VERSION) throw fail(`is of GGUF version ${version}, not ${VERSION}`);
  const tensorCount = await readCount(cursor, MAX_TENSORS, () => fail(`claims more than ${MAX_TENSORS} tensors`));
  const keyCount = await readCount(cursor, MAX_KEYS, () => fail(`claims more than ${MAX_KEYS} metadata keys`));

  const metadata = new Map<string, GgufValue>();
  for (let i = 0; i < keyCount; i++) {
    const key = await readName(cursor, fail);
    if (metadata.has(key)) throw fail(`has the metadata key "${shortened(key)}" twice`);
    metadata.set(key, await readValue(cursor, (what) => fail(`has metadata "${shortened(key)}" ${what}`)));
  }
  const alignment = alignmentOf(metadata, fail);

  const infos = new Map<string, Claim>();
  for (let i = 0; i < tensorCount; i++) {
    const name = await readName(cursor, fail);
    if (infos.has(name)) throw fail(`has the tensor "${shortened(name)}" twice`);
    infos.set(name, await readClaim(cursor, alignment, (what) => fail(`has tensor "${shortened(name)}" ${what}`)));
  }
  const dataStart = aligned(cursor.position, alignment);
  const tensors = new Map<string, GgufEntry>();
  for (const [name, { type, shape, offset, bytes }] of infos) {
    const start = dataStart + offset;
    if (start + bytes > source.size) throw fail(`has tensor "${shortened(name)}" beyond its end`);
    tensors.set(name, { type, shape, start, end: start + bytes });
  }
  const overlapping = firstOverlap(tensors);
  if (overlapping !== undefined) throw fail(`has tensor "${shortened(overlapping)}" over the one before it`);
  return { metadata, tensors };
}

interface Claim {
  readonly type: TensorType;
  readonly shape: readonly number[];
  readonly offset: number;
  readonly bytes: number;
}

async function readClaim(cursor: ByteCursor, alignment: number, fail: (what: string) => UserError): Promise<Claim> {
  const dimensions = await cursor.uint32();
  if (dimensions > MAX_DIMENSIONS) throw fail(`of ${dimensions} dimensions`);
  const shape: number[] = [];
  for (let i = 0; i < dimensions; i++) shape.unshift(Number(await cursor.uint64()));
  const id = await cursor.uint32();
  const type = tensorTypeOf(id);
  if (type === undefined) throw fail(`of type ${id}, which is not F32, F16 or BF16`);
  const offset = Number(await cursor.uint64());
  if (!Number.isSafeInteger(offset) || offset % alignment !== 0) throw fail('that is not aligned');
  const bytes = shape.reduce((product, size) => product * size, TENSOR_TYPES[type].bytes);
  if (!Number.isSafeInteger(bytes)) throw fail(`of the impossible shape [${shape.join(', ')}]`);
  return { type, shape, offset, bytes };
}

async function readCount(cursor: ByteCursor, most: number, fail: () => UserError): Promise<number> {
  const count = await cursor.uint64();
  if (count > BigInt(most)) throw fail();
  return Number(count);
}

async function readName(cursor: ByteCursor, fail: (what: string) => UserError): Promise<string> {
  const length = await cursor.uint64();
  if (length > BigInt(MAX_NAME_BYTES)) throw fail(`has a name of ${length} bytes`);
  return (await cursor.take(Number(length))).toString('utf8');
}

function alignmentOf(metadata: GgufMetadata, fail: (what: string) => UserError): number {
  const value = metadata.get('general.alignment');
  if (value === undefined) return ALIGNMENT;
  const { value: alignment } = value as { value?: unknown };
  const sound = typeof alignment === 'number' && Number.isInteger(alignment) && alignment >= 8 && alignment % 8 === 0;
  if (value.type !== 'uint32' || !sound || alignment > MAX_ALIGNMENT) throw fail('has an impossible alignment');
  return alignment;
}

function firstOverlap(tensors: ReadonlyMap<string, GgufEntry>): string | undefined {
  let end = 0;
  for (const [name, entry] of [...tensors].sort(([, a], [, b]) => a.start - b.start || a.end - b.end)) {
    if (entry.start < end) return name;
    end = entry.end;
  }
  return undefined;
}
