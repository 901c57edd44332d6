import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../../../src/config/userError';
import { openGguf } from '../../../../src/engine/export/gguf/ggufFile';
import { string, strings } from '../../../../src/engine/export/gguf/metadataValue';
import { writeGguf } from '../../../../src/engine/export/gguf/writeGguf';
import { temporaryFolder, writeTemporary } from '../../weights/bytes';

/** Parts of a header as numbers of some width, texts with their length, and bytes as they are. */
type Part = { u32: number } | { u64: number | bigint } | { text: string } | { bytes: number[] };

function header(parts: readonly Part[]): Uint8Array {
  return Buffer.concat(
    parts.map((part) => {
      if ('u32' in part) return Buffer.from(Uint32Array.of(part.u32).buffer);
      if ('u64' in part) return Buffer.from(BigUint64Array.of(BigInt(part.u64)).buffer);
      if ('bytes' in part) return Buffer.from(part.bytes);
      const text = Buffer.from(part.text);
      return Buffer.concat([Buffer.from(BigUint64Array.of(BigInt(text.length)).buffer), text]);
    }),
  );
}

const GGUF = { bytes: [...Buffer.from('GGUF')] };
const start = (tensors: number | bigint, keys: number | bigint): Part[] => [
  GGUF,
  { u32: 3 },
  { u64: tensors },
  { u64: keys },
];
const tensor = (name: string, sizes: (number | bigint)[], type: number, offset: number | bigint): Part[] => [
  { text: name },
  { u32: sizes.length },
  ...sizes.map((size) => ({ u64: size })),
  { u32: type },
  { u64: offset },
];
/** Fills up to a multiple of 32, then this many bytes of data. */
const withData = (parts: Part[], data: number): Uint8Array => {
  const bytes = header(parts);
  return Buffer.concat([bytes, Buffer.alloc((32 - (bytes.length % 32)) % 32), Buffer.alloc(data)]);
};

async function refusal(bytes: Uint8Array): Promise<string> {
  const error: unknown = await openGguf(await writeTemporary('model.gguf', bytes)).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(UserError);
  return (error as Error).message;
}

describe('a damaged or hostile GGUF file', () => {
  it('is refused wherever its header ends too early', async () => {
    const file = join(await temporaryFolder(), 'whole.gguf');
    const metadata = new Map([
      ['a', string('text')],
      ['b', strings(['one', 'two'])],
    ]);
    await writeGguf(file, metadata, [
      { name: 't', shape: [2, 2], type: 'F32', read: () => Promise.resolve(new Float32Array(4)) },
    ]);
    const whole = await readFile(file);
    for (let length = 0; length < whole.length - 16; length++) await refusal(whole.subarray(0, length));
  });

  it.each<[string, Uint8Array]>([
    ['does not begin with GGUF', header([{ bytes: [...Buffer.from('GGML')] }, { u32: 3 }, { u64: 0 }, { u64: 0 }])],
    ['is of GGUF version 2, not 3', header([GGUF, { u32: 2 }, { u64: 0 }, { u64: 0 }])],
    ['claims more than 131072 tensors', header(start(1n << 63n, 0))],
    ['claims more than 1024 metadata keys', header(start(0, 1n << 63n))],
    ['has a name of 70000 bytes', header([...start(0, 1), { u64: 70_000 }])],
    ['has the metadata key "k" twice', header([...start(0, 2), ...twice([{ text: 'k' }, { u32: 7 }, { bytes: [1] }])])],
    ['has metadata "k" of the unknown type 13', header([...start(0, 1), { text: 'k' }, { u32: 13 }])],
    [
      'has metadata "k" that is neither true nor false',
      header([...start(0, 1), { text: 'k' }, { u32: 7 }, { bytes: [2] }]),
    ],
    [
      'has metadata "k" with a text of 9223372036854775808 bytes',
      header([...start(0, 1), { text: 'k' }, { u32: 8 }, { u64: 1n << 63n }]),
    ],
    [
      'has metadata "k" of 9223372036854775808 elements',
      header([...start(0, 1), { text: 'k' }, { u32: 9 }, { u32: 8 }, { u64: 1n << 63n }]),
    ],
    [
      'has metadata "k" of 3 elements, more than there are bytes for',
      header([...start(0, 1), { text: 'k' }, { u32: 9 }, { u32: 4 }, { u64: 3 }, { u32: 1 }, { u32: 2 }]),
    ],
    [
      'has metadata "k" that is an array of the type 9',
      header([...start(0, 1), { text: 'k' }, { u32: 9 }, { u32: 9 }, { u64: 1 }, { u64: 0 }]),
    ],
    [
      'has metadata "k" that is a whole number beyond 2⁵³',
      header([...start(0, 1), { text: 'k' }, { u32: 10 }, { u64: 1n << 60n }]),
    ],
    ['has an impossible alignment', header([...start(0, 1), { text: 'general.alignment' }, { u32: 4 }, { u32: 0 }])],
    ['has tensor "t" of 5 dimensions', header([...start(1, 0), ...tensor('t', [1, 1, 1, 1, 1], 0, 0)])],
    ['has tensor "t" of type 2, which is not F32, F16 or BF16', header([...start(1, 0), ...tensor('t', [1], 2, 0)])],
    ['has tensor "t" that is not aligned', header([...start(1, 0), ...tensor('t', [1], 0, 4)])],
    ['has tensor "t" of the impossible shape', header([...start(1, 0), ...tensor('t', [1n << 40n, 1n << 40n], 0, 0)])],
    ['has tensor "t" beyond its end', withData([...start(1, 0), ...tensor('t', [9], 0, 0)], 32)],
    ['has the tensor "t" twice', withData([...start(2, 0), ...tensor('t', [1], 0, 0), ...tensor('t', [1], 0, 32)], 64)],
    [
      'has tensor "b" over the one before it',
      withData([...start(2, 0), ...tensor('a', [9], 0, 0), ...tensor('b', [1], 0, 32)], 64),
    ],
  ])('is refused: it %s', async (what, bytes) => {
    expect(await refusal(bytes)).toContain(what);
  });

  it('is named in the sentence that refuses it', async () => {
    expect(await refusal(Buffer.from('nonsense'))).toMatch(
      /model\.gguf: does not begin with GGUF; .* export it again\.$/,
    );
  });
});

function twice(parts: Part[]): Part[] {
  return [...parts, ...parts];
}
