import { parquetMetadataAsync, parquetReadObjects, type AsyncBuffer, type FileMetaData } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { UserError } from '../../../config/userError';
import { openFileBytes, type ByteSource } from '../../weights/byteSource';
import { notParquet, type TableRow } from './parquetMessages';

/** A row group is read whole; writers make them of some megabytes, the largest in use have a gigabyte. */
const MAX_GROUP_BYTES = 2 ** 31;
/** Rows of a group become objects. */
const MAX_GROUP_ROWS = 20_000_000;
/** A page is a megabyte by default; one that claims to be larger than this is no page. */
const MAX_PAGE_BYTES = 2 ** 30;
/** Metadata grow with columns times row groups; megabytes are a lot. */
const MAX_METADATA_BYTES = 256 << 20;

/**
 * The rows of a Parquet file, row group after row group, and of them those columns alone that are in `wanted`. Throws a
 * UserError that names the file, and the columns that it has when it has none of these. The library trusts the file in
 * ways that cannot be caught, so this runs in parquetProcess.ts.
 */
export async function* readTable(file: string, wanted: readonly string[]): AsyncGenerator<TableRow> {
  const source = await openFileBytes(file);
  try {
    const buffer = asyncBuffer(source);
    const metadata = await guarded(file, () => parquetMetadataAsync(buffer, { geoparquet: false }));
    const columns = chosenColumns(file, metadata, wanted);
    let row = 0;
    for (const [index, { num_rows, total_byte_size }] of metadata.row_groups.entries()) {
      const rows = Number(num_rows);
      if (rows > MAX_GROUP_ROWS || Number(total_byte_size) > MAX_GROUP_BYTES) {
        throw new UserError(
          `${file}: row group ${index + 1} has ${rows} rows and ${Number(total_byte_size)} bytes, too much to read at once; write the file with smaller row groups.`,
        );
      }
      const values = await guarded(file, () =>
        parquetReadObjects({
          file: buffer,
          metadata,
          columns: [...columns],
          rowStart: row,
          rowEnd: row + rows,
          compressors: boundedCompressors,
          parsers: { stringFromBytes: decodeText },
          geoparquet: false,
        }),
      );
      const share = (index + 1) / metadata.row_groups.length;
      for (const value of values) {
        row++;
        yield { line: row, value: plain(value) as TableRow['value'], bytesRead: source.size * share };
      }
    }
  } finally {
    await source.close();
  }
}

function asyncBuffer(source: ByteSource): AsyncBuffer {
  return {
    byteLength: source.size,
    async slice(start, end = source.size) {
      // The end of the metadata is read first, so the first large slice is theirs; columns are checked by their group.
      if (!(start >= 0 && end >= start && end <= source.size && end - start <= MAX_GROUP_BYTES)) {
        throw new RangeError(`bytes ${start} to ${end} of ${source.size}`);
      }
      const bytes = new Uint8Array(end - start);
      await source.read(bytes, start);
      return bytes.buffer;
    },
  };
}

function chosenColumns(
  file: string,
  { schema, metadata_length }: FileMetaData,
  wanted: readonly string[],
): readonly string[] {
  if (metadata_length > MAX_METADATA_BYTES) {
    throw new UserError(
      `${file}: has ${metadata_length} bytes of metadata, more than any table needs; write it again.`,
    );
  }
  const names = topLevelNames(schema);
  const columns = names.filter((name) => wanted.includes(name));
  if (columns.length > 0) return columns;
  const shown = names.slice(0, 12).map((name) => `"${name.slice(0, 40)}"`);
  throw new UserError(
    `${file}: has the columns ${shown.join(', ')}${names.length > 12 ? ', …' : ''} but none to learn from; name them by "data.fields".`,
  );
}

/** The schema is a tree written depth first; the root is first. */
function topLevelNames(schema: FileMetaData['schema']): string[] {
  const names: string[] = [];
  let at = 1;
  const skip = (): void => {
    let open = 1;
    while (open > 0 && at < schema.length) {
      open += (schema[at]?.num_children ?? 0) - 1;
      at++;
    }
  };
  while (at < schema.length) {
    names.push(schema[at]?.name ?? '');
    skip();
  }
  return names;
}

/** Decompressors that believe a page about its size up to a point. */
const boundedCompressors = Object.fromEntries(
  Object.entries(compressors).map(([name, decompress]) => [
    name,
    (input: Uint8Array, outputLength: number) => {
      if (!(outputLength <= MAX_PAGE_BYTES)) throw new RangeError(`a page of ${outputLength} bytes`);
      return decompress(input, outputLength);
    },
  ]),
);

const utf8 = new TextDecoder('utf-8', { fatal: true });

function decodeText(bytes: Uint8Array | undefined): string | undefined {
  return bytes && utf8.decode(bytes);
}

/** Turns whatever goes wrong inside the library into a sentence about the file. */
async function guarded<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof UserError) throw error;
    if (error instanceof TypeError && 'code' in error && error.code === 'ERR_ENCODING_INVALID_ENCODED_DATA') {
      throw new UserError(`${file}: has text that is not UTF-8; write the table with UTF-8 strings.`);
    }
    // The library trips over what it does not expect; its own words about that are for its authors.
    const says = error instanceof Error && !(error instanceof TypeError);
    throw new UserError(notParquet(file, says ? error.message : 'its structure is damaged'));
  }
}

/**
 * A value of a table as JSON would have it: 64-bit integers as numbers, and without the nulls that stand in a struct
 * for every key that other rows have.
 */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(plain);
  if (ArrayBuffer.isView(value) && !(value instanceof DataView))
    return Array.from(value as unknown as Iterable<unknown>, plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]) => (item === null || item === undefined ? [] : [[key, plain(item)]])),
  );
}
