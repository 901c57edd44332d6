import { gguf, GGMLQuantizationType, GGUFValueType } from '@huggingface/gguf';
import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openGguf } from '../../../../src/engine/export/gguf/ggufFile';
import {
  bool,
  bools,
  float32,
  float32s,
  int32s,
  string,
  strings,
  uint32,
  type GgufMetadata,
} from '../../../../src/engine/export/gguf/metadataValue';
import { writeGguf, type GgufTensor } from '../../../../src/engine/export/gguf/writeGguf';
import { temporaryFolder } from '../../weights/bytes';

const METADATA: GgufMetadata = new Map([
  ['general.architecture', string('llama')],
  ['a.count', uint32(4_000_000_000)],
  ['a.share', float32(0.1)],
  ['a.flag', bool(true)],
  ['a.text', string('Ġ▁ — 🦙')],
  ['a.words', strings(['', 'é', 'two words'])],
  ['a.scores', float32s([-1.5, 0])],
  ['a.kinds', int32s([-1, 6])],
  ['a.flags', bools([true, false])],
]);

const tensor = (name: string, shape: number[], type: 'F32' | 'F16', values: number[]): GgufTensor => ({
  name,
  shape,
  type,
  read: () => Promise.resolve(Float32Array.from(values)),
});

const TENSORS = [
  tensor('matrix', [2, 3], 'F16', [0, 1, -2, 0.5, 1024, -0.25]),
  tensor('row', [3], 'F32', [1 / 3, -1e30, 7]),
  tensor('cube', [1, 2, 2], 'F32', [1, 2, 3, 4]),
];

async function written(tensors = TENSORS): Promise<string> {
  const file = join(await temporaryFolder(), 'model.gguf');
  await writeGguf(file, METADATA, tensors);
  return file;
}

describe('a GGUF file', () => {
  it('is read by another reader as it was meant', async () => {
    const { metadata, typedMetadata, tensorInfos, tensorDataOffset } = await gguf(await written(), {
      allowLocalFile: true,
      typedMetadata: true,
    });
    expect(metadata).toMatchObject({
      version: 3,
      tensor_count: 3n,
      kv_count: 9n,
      'general.architecture': 'llama',
      'a.count': 4_000_000_000,
      'a.share': Math.fround(0.1),
      'a.flag': true,
      'a.text': 'Ġ▁ — 🦙',
      'a.words': ['', 'é', 'two words'],
      'a.scores': [-1.5, 0],
      'a.kinds': [-1, 6],
      'a.flags': [true, false],
    });
    expect(typedMetadata['a.count']?.type).toBe(GGUFValueType.UINT32);
    expect(typedMetadata['a.scores']).toMatchObject({ type: GGUFValueType.ARRAY, subType: GGUFValueType.FLOAT32 });
    expect(tensorInfos).toMatchObject([
      // Sizes fastest first.
      { name: 'matrix', shape: [3n, 2n], dtype: GGMLQuantizationType.F16, offset: 0n },
      { name: 'row', shape: [3n], dtype: GGMLQuantizationType.F32, offset: 32n },
      { name: 'cube', shape: [2n, 2n, 1n], dtype: GGMLQuantizationType.F32, offset: 64n },
    ]);
    expect(Number(tensorDataOffset) % 32).toBe(0);
  });

  it('holds its values where its header says', async () => {
    const file = await written();
    const { tensorDataOffset } = await gguf(file, { allowLocalFile: true });
    const bytes = await readFile(file);
    const start = Number(tensorDataOffset);
    // IEEE 754 halves: 1 is 0x3c00, −2 is 0xc000, ½ is 0x3800, 1024 is 0x6400, −¼ is 0xb400.
    expect([0, 1, 2, 3, 4, 5].map((i) => bytes.readUInt16LE(start + 2 * i))).toEqual([
      0, 0x3c00, 0xc000, 0x3800, 0x6400, 0xb400,
    ]);
    expect([0, 1, 2].map((i) => bytes.readFloatLE(start + 32 + 4 * i))).toEqual([
      Math.fround(1 / 3),
      Math.fround(-1e30),
      7,
    ]);
    expect(bytes.length % 32).toBe(0);
  });

  it('is read back whole', async () => {
    const file = await openGguf(await written());
    expect([...file.metadata.keys()]).toEqual([...METADATA.keys()]);
    expect(file.metadata.get('a.words')).toEqual({ type: 'array', of: 'string', values: ['', 'é', 'two words'] });
    expect(file.metadata.get('a.flags')).toEqual({ type: 'array', of: 'bool', values: [true, false] });
    expect(file.metadata.get('a.count')).toEqual({ type: 'uint32', value: 4_000_000_000 });
    expect(file.entry('matrix').shape).toEqual([2, 3]);
    expect([...(await file.readFloat32('matrix'))]).toEqual([0, 1, -2, 0.5, 1024, -0.25]);
    expect([...(await file.readFloat32('cube'))]).toEqual([1, 2, 3, 4]);
    await file.close();
  });

  it('keeps as F32 what is too large for F16, and says so', async () => {
    const file = join(await temporaryFolder(), 'model.gguf');
    const tensors = [
      tensor('fits', [2], 'F16', [65504, 65519]),
      tensor('large', [2], 'F16', [65520, 1]),
      tensor('after', [1], 'F16', [2]),
    ];
    const { widened, bytes } = await writeGguf(file, new Map(), tensors);
    expect(widened).toEqual(['large']);
    expect((await stat(file)).size).toBe(bytes);
    const read = await openGguf(file);
    expect([...read.tensors.values()].map(({ type }) => type)).toEqual(['F16', 'F32', 'F16']);
    expect([...(await read.readFloat32('fits'))]).toEqual([65504, 65504]);
    expect([...(await read.readFloat32('large'))]).toEqual([65520, 1]);
    expect([...(await read.readFloat32('after'))]).toEqual([2]);
    await read.close();
  });

  it('converts tensors larger than a chunk', async () => {
    const count = (1 << 20) + 3;
    const values = Float32Array.from({ length: count }, (_, i) => (i % 2048) / 64);
    const read = await openGguf(
      await written([{ name: 'long', shape: [count], type: 'F16', read: () => Promise.resolve(values) }]),
    );
    // Multiples of 1/64 below 32 have 11 bits, which halves hold exactly.
    expect(Buffer.compare(Buffer.from((await read.readFloat32('long')).buffer), Buffer.from(values.buffer))).toBe(0);
    await read.close();
  });

  it('leaves nothing when it is aborted', async () => {
    const file = join(await temporaryFolder(), 'model.gguf');
    const abort = new AbortController();
    const stopping = { ...tensor('row', [1], 'F32', [1]), name: 'stop' };
    const tensors = [stopping, tensor('never', [1], 'F32', [1])];
    const writing = writeGguf(file, new Map(), tensors, {
      signal: abort.signal,
      onProgress: () => abort.abort(new Error('enough')),
    });
    await expect(writing).rejects.toThrow('enough');
    expect(await readdir(dirname(file))).toEqual([]);
  });

  it('refuses values that do not fill a shape', async () => {
    const file = join(await temporaryFolder(), 'model.gguf');
    await expect(writeGguf(file, new Map(), [tensor('row', [2], 'F32', [1])])).rejects.toThrow(RangeError);
    expect(await readdir(dirname(file))).toEqual([]);
  });
});
