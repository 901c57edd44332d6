/** How a data file is written. */
export type DataFormat = 'jsonl' | 'json' | 'csv' | 'tsv' | 'parquet' | 'text';

const FORMATS: Readonly<Record<string, DataFormat>> = {
  jsonl: 'jsonl',
  ndjson: 'jsonl',
  json: 'json',
  csv: 'csv',
  tsv: 'tsv',
  parquet: 'parquet',
  txt: 'text',
  md: 'text',
};

/** Endings of the files that are read, for messages. */
export const DATA_ENDINGS = Object.keys(FORMATS).map((ending) => `.${ending}`);

/**
 * The format by the ending of a file's name (before a .gz, where that can be), undefined when it is none of ours. A name
 * without any ending stands for JSON Lines.
 */
export function formatOf(file: string): DataFormat | undefined {
  if (!/[^/\\]\.[^./\\]*$/.test(file)) return 'jsonl';
  const match = /\.([a-z]+)(\.gz)?$/i.exec(file);
  const ending = match?.[1]?.toLowerCase() ?? '';
  const format = Object.hasOwn(FORMATS, ending) ? FORMATS[ending] : undefined;
  // Parquet is read by position, which an inflated stream does not have.
  return format === 'parquet' && match?.[2] !== undefined ? undefined : format;
}
