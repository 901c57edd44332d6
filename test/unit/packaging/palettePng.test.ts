import { readFileSync } from 'node:fs';
import path from 'node:path';
import { deflateSync, inflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { withPalette } from '../../../packaging/palettePng.mjs';
import { readPng, writePalettePng } from '../../../packaging/png.mjs';

/** An RGB file whose rows are filtered by hand; the checksums are not read. */
function rgb(width: number, height: number, rows: readonly number[]): Buffer {
  const chunk = (type: string, data: Buffer): Buffer => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(data.length);
    return Buffer.concat([length, Buffer.from(type, 'latin1'), data, Buffer.alloc(4)]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.from(rows))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

describe('a picture of a page', () => {
  it('is read whatever the filters of its rows are', () => {
    // Two pixels a row: 010203 040506. Written by none, left, above, mean and Paeth (PNG, 9.2).
    const none = [0, 1, 2, 3, 4, 5, 6];
    const left = [1, 1, 2, 3, 3, 3, 3];
    const above = [2, 0, 0, 0, 0, 0, 0];
    const mean = [3, 1, 1, 2, 2, 2, 2];
    const paeth = [4, 0, 0, 0, 0, 0, 0];
    const { colours } = readPng(rgb(2, 5, [...none, ...left, ...above, ...mean, ...paeth]));
    expect([...colours]).toEqual(Array.from({ length: 5 }, () => [0x010203, 0x040506]).flat());
  });

  it('loses nothing when it has few colours', () => {
    const rows = [0, 255, 0, 0, 0, 255, 0, 0, 0, 0, 255, 9, 9, 9];
    const file = rgb(2, 2, rows);
    const palette = withPalette(file);
    expect(palette[25]).toBe(3); // the colour type: indices into a palette
    expect(indexed(palette)).toEqual([0xff0000, 0x00ff00, 0x0000ff, 0x090909]);
  });

  it('keeps the colour of plain areas, and every colour nearly, when it has many', () => {
    const file = readFileSync(path.resolve(import.meta.dirname, '../../../media/icon.png'));
    const before = [...readPng(file).colours];
    const after = indexed(withPalette(file));
    expect(new Set(after).size).toBeLessThanOrEqual(256);
    const [plainest] = mostFrequent(before);
    const plain = after.filter((_, index) => before[index] === plainest);
    expect(new Set(plain)).toEqual(new Set([plainest]));
    const distances = before.flatMap((colour, index) =>
      [16, 8, 0].map((shift) => Math.abs(((colour >> shift) & 0xff) - ((after[index]! >> shift) & 0xff))),
    );
    expect(distances.reduce((most, each) => Math.max(most, each))).toBeLessThan(24);
  });

  it('is refused when it is none, or of a kind that browsers do not write', () => {
    expect(() => readPng(Buffer.from('GIF89a'))).toThrow('not a PNG');
    expect(() => readPng(writePalettePng({ width: 1, height: 1 }, [0], Uint8Array.of(0)))).toThrow(
      'only PNGs of 8 bits',
    );
  });
});

/** The colours of a file of indices, by a reading of its own: chunks in the order in which we write them. */
function indexed(file: Buffer): number[] {
  const [width, height] = [file.readUInt32BE(16), file.readUInt32BE(20)];
  const paletteAt = 8 + 25 + 8;
  const paletteBytes = file.readUInt32BE(8 + 25);
  const dataAt = paletteAt + paletteBytes + 4 + 8;
  const rows = inflateSync(file.subarray(dataAt, dataAt + file.readUInt32BE(dataAt - 8)));
  return Array.from({ length: width * height }, (_, i) => {
    const index = rows[Math.floor(i / width) * (width + 1) + 1 + (i % width)]!;
    return file.readUIntBE(paletteAt + 3 * index, 3);
  });
}

function mostFrequent(values: readonly number[]): number[] {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a).map(([value]) => value);
}
