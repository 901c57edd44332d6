import { DATA_ENDINGS, formatOf } from '../../../config/dataFormats';
import { UserError } from '../../../config/userError';
import type { DataRecord } from '../record';
import { readCsv } from './csv';
import { readJsonLines } from './jsonLines';
import { readJsonList } from './jsonList';
import { readParquet } from './parquet';
import { readPlainText } from './plainText';

/**
 * The records of a data file, one after the other, in memory that does not grow with the file; of a table that is
 * stored by columns only those in `wanted`. How it is read follows from the ending of its name. Throws a UserError that
 * names the file and the place in it, and the signal's reason when aborted.
 */
export function readRecords(file: string, wanted: readonly string[], signal?: AbortSignal): AsyncGenerator<DataRecord> {
  const format = formatOf(file);
  switch (format) {
    case 'jsonl':
      return readJsonLines(file, signal);
    case 'json':
      return readJsonList(file, signal);
    case 'csv':
      return readCsv(file, ',', signal);
    case 'tsv':
      return readCsv(file, '\t', signal);
    case 'parquet':
      return readParquet(file, wanted, signal);
    case 'text':
      return readPlainText(file, signal);
    case undefined:
      throw new UserError(
        `${file}: its name does not say how it is written; let it end in ${DATA_ENDINGS.join(', ')}.`,
      );
  }
}
