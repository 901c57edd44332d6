import { truncate } from 'node:fs/promises';
import { expect, onTestFinished, test } from 'vitest';
import { UserError } from '../../../src/config/userError';
import { elementBytes, FLOAT_DTYPES, type FloatDtype } from '../../../src/engine/weights/dtype';
import { openSafetensors, type SafetensorsFile } from '../../../src/engine/weights/safetensors';
import { readStored } from '../../../src/engine/weights/storedPlace';
import { safetensorsBytes, writeTemporary } from './bytes';

/** More than is read at once, and not a multiple of it. */
const COUNT = 200_003;

/** A file of one tensor "w" whose bits are a sequence of small integers: floats of every dtype, none of them a NaN. */
async function opened(dtype: FloatDtype): Promise<SafetensorsFile> {
  const bytes = new Uint8Array(COUNT * elementBytes(dtype)).map((_, at) => (at * at) % 59);
  const header = { w: { dtype, shape: [COUNT], data_offsets: [0, bytes.length] } };
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

test('a file that became shorter is refused', async () => {
  const file = await opened('BF16');
  const place = file.place('w')!;
  await truncate(file.file, place.end - 1000);
  expect(() => readStored(place, new Float32Array(COUNT))).toThrow(UserError);
  expect(() => readStored(place, new Float32Array(COUNT))).toThrow(/too early; copy or download it again/);
});

test('memory for another number of values is refused', async () => {
  const file = await opened('F16');
  expect(() => readStored(file.place('w')!, new Float32Array(COUNT + 1))).toThrow(RangeError);
});

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
