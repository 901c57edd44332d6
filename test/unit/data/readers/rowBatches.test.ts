import { describe, expect, test } from 'vitest';
import type { TableRow } from '../../../../src/engine/data/readers/parquetMessages';
import { BYTES_AT_ONCE, rowBatches, ROWS_AT_ONCE } from '../../../../src/engine/data/readers/rowBatches';

async function* rowsOf(texts: Iterable<string>): AsyncGenerator<TableRow> {
  let line = 0;
  for (const text of texts) yield await Promise.resolve({ line: ++line, value: { text }, bytesRead: line });
}

async function sizesOf(texts: Iterable<string>): Promise<number[]> {
  const lines: number[] = [];
  const sizes: number[] = [];
  for await (const batch of rowBatches('a.parquet', rowsOf(texts))) {
    for (const { line } of batch) lines.push(line);
    sizes.push(batch.length);
  }
  expect(lines).toEqual(lines.map((_, index) => index + 1));
  return sizes;
}

describe('rows of a table are sent', () => {
  test('some at a time, every one in its order', async () => {
    expect(await sizesOf([])).toEqual([]);
    expect(await sizesOf(Array.from({ length: 2 * ROWS_AT_ONCE }, () => 'a'))).toEqual([ROWS_AT_ONCE, ROWS_AT_ONCE]);
    expect(await sizesOf(Array.from({ length: ROWS_AT_ONCE + 3 }, () => 'a'))).toEqual([ROWS_AT_ONCE, 3]);
  });

  test('fewer at a time when they are long, and none that is longer than any example', async () => {
    const long = 'x'.repeat(BYTES_AT_ONCE / 2);
    expect(await sizesOf([long, long, 'a', long, 'b', long, 'c'])).toEqual([2, 4, 1]);
    await expect(sizesOf(['a', 'x'.repeat(65 << 20)])).rejects.toThrow(
      /^a\.parquet, row 2: is larger than 64 MiB, more than any example; split it\.$/,
    );
  });
});
