import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openSafetensors } from '../../../src/engine/weights/safetensors';
import { streamSafetensors, type StreamedTensor } from '../../../src/engine/weights/safetensorsStream';
import { writeSafetensors } from '../../../src/engine/weights/safetensorsWriter';
import { gaussians32, seededRandom } from '../../support/seededRandom';
import { temporaryFolder } from './bytes';

function streamed(
  name: string,
  dtype: StreamedTensor['dtype'],
  shape: number[],
  ...parts: Uint8Array[]
): StreamedTensor {
  return {
    name,
    dtype,
    shape,
    async *pieces() {
      yield* parts;
    },
  };
}

test('writes the very bytes that the writer of whole tensors writes', async () => {
  const folder = await temporaryFolder();
  const tensors = new Map(
    ['a', 'b', 'c'].map((name, index) => {
      const shape = [3 + index, 5];
      return [name, { dtype: 'F32' as const, shape, data: gaussians32(5 * shape[0]!, seededRandom(index)) }];
    }),
  );
  await writeSafetensors(join(folder, 'whole'), tensors, { format: 'pt' });
  const pieces = [...tensors].map(([name, { shape, data }]) => {
    const bytes = new Uint8Array(data.buffer);
    return streamed(name, 'F32', shape, bytes.subarray(0, 7), bytes.subarray(7, 8), bytes.subarray(8));
  });
  await streamSafetensors(join(folder, 'streamed'), pieces, { format: 'pt' });
  expect(await readFile(join(folder, 'streamed'))).toEqual(await readFile(join(folder, 'whole')));
});

test('keeps the order given, but for larger elements first', async () => {
  const file = join(await temporaryFolder(), 'mixed');
  const two = new Uint8Array(2).fill(1);
  await streamSafetensors(
    file,
    [
      streamed('z', 'F16', [1], two),
      streamed('long', 'I64', [1], new Uint8Array(8).fill(2)),
      streamed('a', 'BF16', [1], two),
      streamed('empty', 'F32', [0, 4]),
      streamed('byte', 'U8', [2], two),
    ],
    {},
  );
  const opened = await openSafetensors(file);
  expect([...opened.tensors.keys()]).toEqual(['long', 'empty', 'z', 'a', 'byte']);
  expect(opened.metadata.size).toBe(0);
  expect(await opened.readBytes('long')).toEqual(new Uint8Array(8).fill(2));
  await opened.close();
});

test('refuses pieces that do not add up, and a file that exists', async () => {
  const folder = await temporaryFolder();
  const short = streamed('a', 'F32', [2], new Uint8Array(7));
  await expect(streamSafetensors(join(folder, 'a'), [short], {})).rejects.toThrow(/"a" came as 7 bytes, not 8/);
  const whole = streamed('a', 'F32', [1], new Uint8Array(4));
  await expect(streamSafetensors(join(folder, 'a'), [whole], {})).rejects.toThrow(/EEXIST/);
});

test('stops between two pieces when asked to', async () => {
  const controller = new AbortController();
  const file = join(await temporaryFolder(), 'a');
  const tensor: StreamedTensor = {
    name: 'a',
    dtype: 'F32',
    shape: [2],
    async *pieces() {
      yield new Uint8Array(4);
      controller.abort();
      yield new Uint8Array(4);
    },
  };
  await expect(streamSafetensors(file, [tensor], {}, controller.signal)).rejects.toMatchObject({ name: 'AbortError' });
});

test('pieces of a tensor are its bytes', async () => {
  const file = join(await temporaryFolder(), 'large');
  const data = gaussians32(2_500_000, seededRandom(3));
  await writeSafetensors(file, new Map([['a', { dtype: 'F32', shape: [data.length], data }]]));
  const opened = await openSafetensors(file);
  const sizes: number[] = [];
  const whole: Uint8Array[] = [];
  for await (const piece of opened.pieces('a')) {
    sizes.push(piece.length);
    whole.push(piece.slice());
  }
  await opened.close();
  expect(sizes).toEqual([4 << 20, 4 << 20, 10_000_000 - (8 << 20)]);
  expect(Buffer.concat(whole).equals(Buffer.from(data.buffer))).toBe(true);
});
