import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { UserError } from '../../../src/config/userError';
import { openSafetensors } from '../../../src/engine/weights/safetensors';
import { writeSafetensors, type Float32Tensor } from '../../../src/engine/weights/safetensorsWriter';
import { safetensorsBytes, temporaryFolder, writeTemporary } from './bytes';

// Written by the Python package safetensors 0.8.0: F32 tensors "b" [2,3], "a.weight" [2], "10" [0,4] and "é" [].
const REFERENCE_F32 =
  '08010000000000007b225f5f6d657461646174615f5f223a7b22666f726d6174223a227074227d2c223130223a7b226474797065223a22463332' +
  '222c227368617065223a5b302c345d2c22646174615f6f666673657473223a5b302c305d7d2c22612e776569676874223a7b226474797065223a' +
  '22463332222c227368617065223a5b325d2c22646174615f6f666673657473223a5b302c385d7d2c2262223a7b226474797065223a2246333222' +
  '2c227368617065223a5b322c335d2c22646174615f6f666673657473223a5b382c33325d7d2c22c3a9223a7b226474797065223a22463332222c' +
  '227368617065223a5b5d2c22646174615f6f666673657473223a5b33322c33365d7d7d20202020200000003f000000c00000803f000000400000' +
  '4040000080400000a0400000c0400000e040';

// And "w" F16 [1, 2], "z" F64 [1.5], "i" I64 [3], "u" BOOL [true, false, true].
const REFERENCE_MIXED =
  'e0000000000000007b2269223a7b226474797065223a22493634222c227368617065223a5b315d2c22646174615f6f666673657473223a5b302c' +
  '385d7d2c227a223a7b226474797065223a22463634222c227368617065223a5b315d2c22646174615f6f666673657473223a5b382c31365d7d2c' +
  '2277223a7b226474797065223a22463136222c227368617065223a5b325d2c22646174615f6f666673657473223a5b31362c32305d7d2c227522' +
  '3a7b226474797065223a22424f4f4c222c227368617065223a5b335d2c22646174615f6f666673657473223a5b32302c32335d7d7d2020202020' +
  '0300000000000000000000000000f83f003c0040010001';

const f32 = (shape: number[], values: number[]): Float32Tensor => ({
  dtype: 'F32',
  shape,
  data: Float32Array.from(values),
});

const REFERENCE_TENSORS = new Map([
  ['é', f32([], [7])],
  ['b', f32([2, 3], [1, 2, 3, 4, 5, 6])],
  ['10', f32([0, 4], [])],
  ['a.weight', f32([2], [0.5, -2])],
]);

test('writes what the reference implementation writes, byte by byte', async () => {
  const file = join(await temporaryFolder(), 'a.safetensors');
  await writeSafetensors(file, REFERENCE_TENSORS, { format: 'pt' });
  expect((await readFile(file)).toString('hex')).toBe(REFERENCE_F32);
});

test('reads back what was written', async () => {
  const file = join(await temporaryFolder(), 'a.safetensors');
  await writeSafetensors(file, REFERENCE_TENSORS, { format: 'pt', 'a "b"': 'ü' });
  const opened = await openSafetensors(file);
  expect(opened.metadata).toEqual(
    new Map([
      ['format', 'pt'],
      ['a "b"', 'ü'],
    ]),
  );
  for (const [name, tensor] of REFERENCE_TENSORS) {
    expect(opened.entry(name).shape).toEqual(tensor.shape);
    expect(await opened.readFloat32(name)).toEqual(tensor.data);
  }
  await opened.close();
});

test('writes a part of a larger buffer, not the whole', async () => {
  const file = join(await temporaryFolder(), 'a.safetensors');
  await writeSafetensors(
    file,
    new Map([['x', { dtype: 'F32', shape: [2], data: Float32Array.of(1, 2, 3, 4).subarray(1, 3) }]]),
  );
  const opened = await openSafetensors(file);
  expect([...(await opened.readFloat32('x'))]).toEqual([2, 3]);
  await opened.close();
});

test('refuses to write values that do not fill their shape', async () => {
  const file = join(await temporaryFolder(), 'a.safetensors');
  await expect(writeSafetensors(file, new Map([['x', f32([3], [1])]]))).rejects.toThrow(
    /"x" has 1 values for shape \[3\]/,
  );
});

test('reads float dtypes as float32 and gives the bytes of the others', async () => {
  const opened = await openSafetensors(await writeTemporary('m.safetensors', Buffer.from(REFERENCE_MIXED, 'hex')));
  expect([...opened.tensors.keys()]).toEqual(['i', 'z', 'w', 'u']);
  expect([...(await opened.readFloat32('w'))]).toEqual([1, 2]);
  expect([...(await opened.readFloat32('z'))]).toEqual([1.5]);
  expect(new BigInt64Array((await opened.readBytes('i')).buffer)).toEqual(BigInt64Array.of(3n));
  expect([...(await opened.readBytes('u'))]).toEqual([1, 0, 1]);
  await expect(opened.readFloat32('i')).rejects.toThrow(/m\.safetensors: tensor "i" has dtype I64; only F32/);
  await expect(opened.readFloat32('q')).rejects.toThrow(/has no tensor "q"/);
  await opened.close();
});

test('converts tensors larger than one chunk', async () => {
  const count = 3 * 1024 * 1024 + 5;
  const values = Uint16Array.from({ length: count }, (_, i) => (i % 251) + 0x3f00);
  const header = { x: { dtype: 'BF16', shape: [count], data_offsets: [0, count * 2] } };
  const opened = await openSafetensors(
    await writeTemporary('big.safetensors', safetensorsBytes(header, new Uint8Array(values.buffer))),
  );
  const read = new Uint32Array((await opened.readFloat32('x')).buffer);
  expect(read.every((bits, i) => bits === values[i]! << 16)).toBe(true);
  await opened.close();
});

const tensor = (dtype: string, shape: unknown, offsets: unknown): object => ({ dtype, shape, data_offsets: offsets });
const eight = new Uint8Array(8);

describe('a malformed file is refused with one sentence that names file and fault', () => {
  const cases: [name: string, bytes: Uint8Array, message: RegExp][] = [
    ['empty', new Uint8Array(0), /has 0 bytes, too few/],
    ['cut in its length', new Uint8Array(7), /has 7 bytes, too few/],
    ['header of 2^60 bytes', safetensorsBytes({}, eight, 2n ** 60n), /claims a header of 1152921504606846976 bytes/],
    [
      'header of 2^64 - 1 bytes',
      safetensorsBytes({}, eight, 2n ** 64n - 1n),
      /claims a header of 18446744073709551615/,
    ],
    ['header longer than the file', safetensorsBytes({}, eight, 50n), /claims a header of 50 bytes but has only 18/],
    ['not JSON', safetensorsBytes('{"x": '), /header that is not a JSON object/],
    ['not UTF-8', Buffer.concat([safetensorsBytes('', new Uint8Array([0xff, 0xfe]), 2n)]), /not a JSON object/],
    ['an array', safetensorsBytes('[]'), /not a JSON object/],
    ['null', safetensorsBytes('null'), /not a JSON object/],
    ['nested deep', safetensorsBytes('['.repeat(1_000_000)), /not a JSON object/],
    [
      'nested deep in a shape',
      safetensorsBytes(
        `{"x":{"dtype":"U8","shape":${'['.repeat(50_000)}${']'.repeat(50_000)},"data_offsets":[0,8]}}`,
        eight,
      ),
      /"x" has a shape/,
    ],
    [
      'metadata of numbers',
      safetensorsBytes({ __metadata__: { a: 1 } }),
      /"__metadata__" that is not a map of strings/,
    ],
    ['tensor not an object', safetensorsBytes({ x: 3 }), /tensor "x" is not described by an object/],
    [
      'unknown dtype',
      safetensorsBytes({ x: tensor('F31', [2], [0, 8]) }, eight),
      /tensor "x" has the unknown dtype "F31"/,
    ],
    [
      'dtype of the prototype',
      safetensorsBytes({ x: tensor('toString', [2], [0, 8]) }, eight),
      /unknown dtype "toString"/,
    ],
    [
      'negative size',
      safetensorsBytes({ x: tensor('F32', [-2, -1], [0, 8]) }, eight),
      /tensor "x" has a shape that is not/,
    ],
    ['fractional size', safetensorsBytes({ x: tensor('F32', [0.5, 4], [0, 8]) }, eight), /tensor "x" has a shape/],
    [
      'endless shape',
      safetensorsBytes({ x: tensor('U8', Array(5000).fill(1), [0, 1]) }, eight),
      /tensor "x" has a shape/,
    ],
    [
      'shape that overflows',
      safetensorsBytes({ x: tensor('U8', [2 ** 40, 2 ** 40], [0, 8]) }, eight),
      /does not fit dtype U8/,
    ],
    [
      'shape of another length',
      safetensorsBytes({ x: tensor('F32', [3], [0, 8]) }, eight),
      /"x" has 8 bytes, which does not fit dtype F32 and shape \[3\]/,
    ],
    [
      'offsets beyond the file',
      safetensorsBytes({ x: tensor('F32', [4], [0, 16]) }, eight),
      /"x" ends at byte .* beyond the file/,
    ],
    [
      'offsets in the wrong order',
      safetensorsBytes({ x: tensor('F32', [2], [8, 0]) }, eight),
      /\[8, 0\] in the wrong order/,
    ],
    [
      'negative offset',
      safetensorsBytes({ x: tensor('F32', [2], [-8, 0]) }, eight),
      /data_offsets that are not two whole/,
    ],
    ['three offsets', safetensorsBytes({ x: tensor('F32', [2], [0, 4, 8]) }, eight), /data_offsets that are not two/],
    [
      'overlap',
      safetensorsBytes({ x: tensor('F32', [2], [0, 8]), y: tensor('F32', [1], [4, 8]) }, eight),
      /tensor "y" overlaps/,
    ],
    [
      'hole',
      safetensorsBytes({ x: tensor('F32', [1], [0, 4]), y: tensor('U8', [2], [6, 8]) }, eight),
      /has 2 bytes before tensor "y"/,
    ],
    [
      'bytes after the last',
      safetensorsBytes({ x: tensor('F32', [1], [0, 4]) }, eight),
      /4 bytes after the last tensor/,
    ],
    [
      'a name twice',
      safetensorsBytes(
        '{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"x":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}',
        eight,
      ),
      /4 bytes before tensor "x"/,
    ],
    ['endless name', safetensorsBytes({ [`x${'y'.repeat(10_000)}`]: 3 }), /^.{0,700}$/],
  ];
  test.each(cases)('%s', async (_, bytes, message) => {
    const file = await writeTemporary('model.safetensors', bytes);
    const error: unknown = await openSafetensors(file).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).message).toMatch(message);
    expect((error as UserError).message).toMatch(/model\.safetensors: .*[^.]\.$/);
  });
});

test('a tensor named __proto__ is only a tensor', async () => {
  const header = '{"__proto__":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}';
  const opened = await openSafetensors(await writeTemporary('p.safetensors', safetensorsBytes(header, eight)));
  expect([...opened.tensors.keys()]).toEqual(['__proto__']);
  expect(({} as Record<string, unknown>).dtype).toBeUndefined();
  await opened.close();
});

test('a file of 4-bit and 8-bit floats is listed though it cannot be trained on', async () => {
  const header = { a: tensor('F4', [4], [0, 2]), b: tensor('F8_E4M3', [2, 3], [2, 8]) };
  const opened = await openSafetensors(await writeTemporary('q.safetensors', safetensorsBytes(header, eight)));
  expect(opened.entry('b').shape).toEqual([2, 3]);
  await expect(opened.readFloat32('b')).rejects.toThrow(/dtype F8_E4M3/);
  await opened.close();
});

test('a missing file and a folder are user errors', async () => {
  const folder = await temporaryFolder();
  await expect(openSafetensors(join(folder, 'none.safetensors'))).rejects.toThrow(/none\.safetensors: does not exist/);
  await expect(openSafetensors(folder)).rejects.toThrow(UserError);
});
