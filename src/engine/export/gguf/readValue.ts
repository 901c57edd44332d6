import type { UserError } from '../../../config/userError';
import type { ByteCursor } from './byteCursor';
import { ARRAY_TYPE, BOOL_TYPE, NUMBER_TYPES, STRING_TYPE, type GgufValue, type NumberType } from './metadataValue';

/** Reads a metadata value with its type. `fail` makes the error, of what is wrong with the value. */
export async function readValue(cursor: ByteCursor, fail: (what: string) => UserError): Promise<GgufValue> {
  const id = await cursor.uint32();
  switch (id) {
    case STRING_TYPE:
      return { type: 'string', value: await readString(cursor, fail) };
    case BOOL_TYPE:
      return { type: 'bool', value: await readBool(cursor, fail) };
    case ARRAY_TYPE:
      return readArray(cursor, fail);
    default: {
      const type = numberTypeOf(id);
      if (type === undefined) throw fail(`of the unknown type ${id}`);
      return { type, value: numberAt(await cursor.take(NUMBER_TYPES[type].bytes), 0, type, fail) };
    }
  }
}

async function readArray(cursor: ByteCursor, fail: (what: string) => UserError): Promise<GgufValue> {
  const id = await cursor.uint32();
  const claimed = await cursor.uint64();
  const type = numberTypeOf(id);
  const least = type !== undefined ? NUMBER_TYPES[type].bytes : id === STRING_TYPE ? STRING_LENGTH_BYTES : 1;
  // Before anything is allocated: every element takes its bytes of the file.
  if (claimed > BigInt(Math.floor(cursor.remaining / least)))
    throw fail(`of ${claimed} elements, more than there are bytes for`);
  const length = Number(claimed);
  if (id === STRING_TYPE) {
    const values: string[] = [];
    for (let i = 0; i < length; i++) values.push(await readString(cursor, fail));
    return { type: 'array', of: 'string', values };
  }
  if (id === BOOL_TYPE) {
    if (length > MAX_BOOLS)
      throw fail(`of ${length} truth values, more than the ${MAX_BOOLS} that any model has layers`);
    const bytes = await cursor.take(length);
    return { type: 'array', of: 'bool', values: Array.from(bytes, (byte) => byte !== 0) };
  }
  if (type === undefined) throw fail(`that is an array of the type ${id}`);
  const { bytes: size } = NUMBER_TYPES[type];
  const bytes = await cursor.take(length * size);
  const values = new ARRAYS[type](length);
  for (let i = 0; i < length; i++) values[i] = numberAt(bytes, i * size, type, fail);
  return { type: 'array', of: type, values };
}

/** A truth value takes a byte in the file and eight here. */
const MAX_BOOLS = 1 << 13;

/** Arrays are held in as many bytes as in the file. 64-bit whole numbers are held as doubles. */
const ARRAYS = {
  uint8: Uint8Array,
  int8: Int8Array,
  uint16: Uint16Array,
  int16: Int16Array,
  uint32: Uint32Array,
  int32: Int32Array,
  float32: Float32Array,
  uint64: Float64Array,
  int64: Float64Array,
  float64: Float64Array,
} as const;

/** A string is its length, then its bytes. */
const STRING_LENGTH_BYTES = 8;

async function readString(cursor: ByteCursor, fail: (what: string) => UserError): Promise<string> {
  const length = await cursor.uint64();
  if (length > BigInt(cursor.remaining)) throw fail(`with a text of ${length} bytes, more than there are`);
  return (await cursor.take(Number(length))).toString('utf8');
}

async function readBool(cursor: ByteCursor, fail: (what: string) => UserError): Promise<boolean> {
  const byte = (await cursor.take(1)).readUInt8();
  if (byte > 1) throw fail(`that is neither true nor false`);
  return byte === 1;
}

function numberTypeOf(id: number): NumberType | undefined {
  return (Object.keys(NUMBER_TYPES) as NumberType[]).find((type) => NUMBER_TYPES[type].id === id);
}

function numberAt(bytes: Buffer, at: number, type: NumberType, fail: (what: string) => UserError): number {
  switch (type) {
    case 'float32':
      return bytes.readFloatLE(at);
    case 'float64':
      return bytes.readDoubleLE(at);
    case 'uint8':
    case 'uint16':
    case 'uint32':
      return bytes.readUIntLE(at, NUMBER_TYPES[type].bytes);
    case 'int8':
    case 'int16':
    case 'int32':
      return bytes.readIntLE(at, NUMBER_TYPES[type].bytes);
    case 'uint64':
    case 'int64': {
      const value = Number(type === 'uint64' ? bytes.readBigUInt64LE(at) : bytes.readBigInt64LE(at));
      if (!Number.isSafeInteger(value)) throw fail('that is a whole number beyond 2⁵³');
      return value;
    }
  }
}
