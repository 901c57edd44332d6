import { shortened } from '../../../config/shortened';
import type { DataRecord } from '../record';

/** A row of a table, of which whoever asked knows the file. */
export type TableRow = Omit<DataRecord, 'file'>;

/** What parquetProcess.ts answers to each message: the next rows, none when there are no more, or what went wrong. */
export type TableAnswer =
  { readonly kind: 'rows'; readonly rows: readonly TableRow[] } | { readonly kind: 'failed'; readonly message: string };

/** The sentence about a file of which the library makes nothing. */
export function notParquet(file: string, reason: string): string {
  return `${file}: cannot be read as Parquet (${shortened(reason)}); copy or download it again.`;
}
