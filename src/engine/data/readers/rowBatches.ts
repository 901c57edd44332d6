import { UserError } from '../../../config/userError';
import { placeIn } from '../record';
import { MAX_LINE_BYTES } from './lines';
import type { TableRow } from './parquetMessages';

/** Rows and bytes of a message: enough to outweigh its cost, few enough to hold two of them. */
export const ROWS_AT_ONCE = 512;
export const BYTES_AT_ONCE = 2 << 20;

/**
 * The rows of a table, some at a time. Throws a UserError for a row that is larger than any example.
 */
export async function* rowBatches(file: string, rows: AsyncIterable<TableRow>): AsyncGenerator<readonly TableRow[]> {
  let batch: TableRow[] = [];
  let bytes = 0;
  for await (const row of rows) {
    const own = sizeOf(row.value);
    if (own > MAX_LINE_BYTES) {
      throw new UserError(
        `${placeIn(file, row.line)}: is larger than ${MAX_LINE_BYTES >> 20} MiB, more than any example; split it.`,
      );
    }
    batch.push(row);
    bytes += own;
    if (batch.length < ROWS_AT_ONCE && bytes < BYTES_AT_ONCE) continue;
    yield batch;
    batch = [];
    bytes = 0;
  }
  if (batch.length > 0) yield batch;
}

/** About the bytes that a value takes in a message: characters of its texts and keys, and some for anything else. */
function sizeOf(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 8;
  let size = 8;
  for (const [key, item] of Object.entries(value)) size += key.length + sizeOf(item);
  return size;
}
