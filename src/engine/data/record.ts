import { UserError } from '../../config/userError';
import { formatOf } from '../../config/dataFormats';

/** One line of a JSON Lines file, one row of a table, one item of a list, or a whole text file. */
export interface DataRecord {
  readonly file: string;
  /** From 1 on. */
  readonly line: number;
  readonly value: Readonly<Record<string, unknown>>;
  /** Bytes of the file read so far. */
  readonly bytesRead: number;
}

/** Where something is, as people find it again: by line where an editor shows lines, else by row or item. */
export function placeIn(file: string, line: number): string {
  switch (formatOf(file)) {
    case 'json':
      return `${file}, item ${line}`;
    case 'parquet':
      return `${file}, row ${line}`;
    case 'text':
      return file;
    case 'jsonl':
    case 'csv':
    case 'tsv':
    case undefined:
      return `${file}:${line}`;
  }
}

/** The error about a record: one sentence, after the place that it is about. */
export function recordError({ file, line }: Pick<DataRecord, 'file' | 'line'>, what: string): UserError {
  return new UserError(`${placeIn(file, line)}: ${what}.`);
}

/** The value of a record's own key; a null counts as absent, since tables have no other way to say so. */
export function fieldOf({ value }: Pick<DataRecord, 'value'>, key: string): unknown {
  return Object.hasOwn(value, key) ? (value[key] ?? undefined) : undefined;
}
