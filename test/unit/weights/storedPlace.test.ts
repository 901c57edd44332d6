import { truncate } from 'node:fs/promises';
import { expect, onTestFinished, test } from 'vitest';
import { UserError } from '../../../src/config/userError';
import { elementBytes, FLOAT_DTYPES, type FloatDtype } from '../../../src/engine/weights/dtype';
import { openSafetensors, type SafetensorsFile } from '../../../src/engine/weights/safetensors';
import { readStored, readStoredRows } from '../../../src/engine/weights/storedPlace';
import { safetensorsBytes, writeTemporary } from './bytes';

/** More than is read at once, and not a multiple of it. */
const COUNT = 200_003;

/** Of a table, whose rows are not a power of two bytes. */
const WIDTH = 7;

/** A file of one tensor "w" whose bits are a sequence of small integers: floats of every dtype, none of them a NaN. */
async function opened(dtype: FloatDtype, count = COUNT): Promise<SafetensorsFile> {
  const bytes = new Uint8Array(count * elementBytes(dtype)).map((_, at) => (at * at) % 59);
  const header = { w: { dtype, shape: [count], data_offsets: [0, bytes.length] } };
  const file = await openSafetensors(await writeTemporary('a.safetensors', safetensorsBytes(header, bytes)));
  onTestFinished(() => file.close());
  return file;
}

test.each(FLOAT_DTYPES)('%s is read by a thread as it is read here', async (dtype) => {
  const file = await opened(dtype);
  const found = new Float32Array(COUNT);
  readStored(file.place('w')!, found);
  // Entry by entry, vitest takes seconds.
  expect(Buffer.compare(bytesOf(found), bytesOf(await file.readFloat32('w')))).toBe(0);
});

test.each(FLOAT_DTYPES)('rows of a table of %s are read in any order, some twice', async (dtype) => {
  const height = 3000;
  const file = await opened(dtype, height * WIDTH);
  const table = await file.readFloat32('w');
  // More than are read at once, the last row among them.
  const rows = Int32Array.from({ length: 20_000 }, (_, at) => (at * 1237 + 2999) % height);
  const found = new Float32Array(rows.length * WIDTH);
  readStoredRows(file.place('w')!, WIDTH, rows, found);
  const expected = new Float32Array(found.length);
  rows.forEach((row, n) => expected.set(table.subarray(row * WIDTH, (row + 1) * WIDTH), n * WIDTH));
  expect(Buffer.compare(bytesOf(found), bytesOf(expected))).toBe(0);
});

test('rows that a table does not have, and memory for another number of them, are refused', async () => {
  const place = (await opened('F32', 4 * WIDTH)).place('w')!;
  for (const row of [-1, 4]) {
    const read = (): void => readStoredRows(place, WIDTH, Int32Array.of(0, row), new Float32Array(2 * WIDTH));
    expect(read).toThrow(`a table has 4 rows; there is no row ${row}`);
  }
  const read = (): void => readStoredRows(place, WIDTH, Int32Array.of(1), new Float32Array(2 * WIDTH));
  expect(read).toThrow('14 places for 1 rows');
});

test('a file that became shorter is refused', async () => {
  const file = await opened('BF16');
  const place = file.place('w')!;
  await truncate(file.file, place.end - 1000);
  expect(() => readStored(place, new Float32Array(COUNT))).toThrow(UserError);
  expect(() => readStored(place, new Float32Array(COUNT))).toThrow(/too early; copy or download it again/);
  expect(() => readStoredRows(place, 1, Int32Array.of(0, COUNT - 1), new Float32Array(2))).toThrow(UserError);
});

test('memory for another number of values is refused', async () => {
  const file = await opened('F16');
  expect(() => readStored(file.place('w')!, new Float32Array(COUNT + 1))).toThrow(RangeError);
});

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
