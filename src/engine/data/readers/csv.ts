import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CsvError, parse } from 'csv-parse';
import { shortened } from '../../../config/shortened';
import { UserError } from '../../../config/userError';
import { recordError, type DataRecord } from '../record';
import { MAX_LINE_BYTES } from './lines';
import { readUtf8 } from './utf8Chunks';

/** A table with more columns is none that anyone named. */
const MAX_COLUMNS = 10_000;

/**
 * The rows of a table with a header row, every cell a text; `line` is where a row begins. Throws a UserError that names
 * file and line.
 */
export async function* readCsv(file: string, delimiter: ',' | '\t', signal?: AbortSignal): AsyncGenerator<DataRecord> {
  let bytesSoFar = 0;
  async function* texts(): AsyncGenerator<string> {
    for await (const { text, bytesRead } of readUtf8(file, signal)) {
      bytesSoFar = bytesRead;
      yield text;
    }
  }
  const parser = parse({
    delimiter,
    columns: (header: string[]) => checkedHeader(header, file),
    info: true,
    skip_empty_lines: true,
    max_record_size: MAX_LINE_BYTES,
    // Quotes inside a cell that does not begin with one are what tab-separated files are full of.
    relax_quotes: delimiter === '\t',
  });
  // Errors of either end are thrown by the loop over the parser.
  void pipeline(Readable.from(texts()), parser).catch(() => undefined);
  try {
    for await (const { record, info } of parser as AsyncIterable<ParsedRow>) {
      yield { file, line: info.lines - newlinesIn(record), value: record, bytesRead: bytesSoFar };
    }
  } catch (error) {
    throw error instanceof CsvError ? csvError(file, error) : error;
  } finally {
    parser.destroy();
  }
}

interface ParsedRow {
  readonly record: Readonly<Record<string, string>>;
  /** Lines up to the end of the row. */
  readonly info: { readonly lines: number };
}

function checkedHeader(header: readonly string[], file: string): string[] {
  if (header.length > MAX_COLUMNS) {
    throw new UserError(
      `${file}:1: has ${header.length} columns, more than ${MAX_COLUMNS}; check how it is separated.`,
    );
  }
  const names = header.map((name) => name.trim());
  const twice = names.find((name, index) => name !== '' && names.indexOf(name) !== index);
  if (twice === undefined) return names;
  throw new UserError(`${file}:1: names the column "${shortened(twice)}" twice; give each column a name of its own.`);
}

function newlinesIn(row: ParsedRow['record']): number {
  let count = 0;
  for (const cell of Object.values(row)) {
    for (let at = cell.indexOf('\n'); at >= 0; at = cell.indexOf('\n', at + 1)) count++;
  }
  return count;
}

function csvError(file: string, error: CsvError): UserError {
  const line = typeof error.lines === 'number' ? error.lines : 1;
  switch (error.code) {
    case 'CSV_RECORD_INCONSISTENT_COLUMNS':
    case 'CSV_RECORD_INCONSISTENT_FIELDS_LENGTH':
      return recordError(
        { file, line },
        'has another number of cells than the header; quote cells that contain the separator',
      );
    case 'CSV_QUOTE_NOT_CLOSED':
      return recordError(
        { file, line },
        'opens a quote that is never closed; close it, and double the quotes inside a cell',
      );
    case 'CSV_MAX_RECORD_SIZE':
      return recordError(
        { file, line },
        `is longer than ${MAX_LINE_BYTES >> 20} MiB; a quote before it may not be closed`,
      );
    default:
      return recordError(
        { file, line },
        `is not a row of a table (${error.message.split(':')[0] ?? error.code}); double the quotes inside a quoted cell`,
      );
  }
}
