import { z } from 'zod';
import { readingCountsSchema } from '../readingCounts';

/**
 * The files of a store, a folder:
 *
 * - tokens.bin: one record an example, see exampleRecord.ts
 * - lengths.bin: tokens of each example
 * - supervised.bin: its supervised tokens; the highest bit says that it was truncated
 * - records.bin: the record of the data that it came from
 * - store.json: what stands here, written last
 *
 * Numbers are in the byte order of the machine; the key of a store says which.
 */
export const STORE_FILES = {
  tokens: 'tokens.bin',
  lengths: 'lengths.bin',
  supervised: 'supervised.bin',
  records: 'records.bin',
} as const;

export const STORE_HEADER = 'store.json';

/** Raise it when a store of today could not be read by the code of yesterday or the other way round. */
export const STORE_VERSION = 2;

/** Numbers of examples, lines and records are written in 32 bits. */
export const MAX_EXAMPLES = 2 ** 32 - 1;

const count = z.int().min(0);

/** A file whose content is read whole when the store is opened, and compared with its checksum. */
const indexFile = z.object({ bytes: count, sha256: z.string() });

export const storeHeaderSchema = z.object({
  version: z.literal(STORE_VERSION),
  form: z.object({ tokenBytes: z.literal([2, 4]), labels: z.enum(['mask', 'list']) }),
  /** Bytes of a length in lengths.bin and of a count in supervised.bin. */
  lengthBytes: z.literal([2, 4]),
  examples: z.int().min(1).max(MAX_EXAMPLES),
  /** Paths of the data files when the store was made: the places in `counts` begin with them. */
  sources: z.array(z.string()),
  counts: readingCountsSchema,
  files: z.object({
    tokens: z.object({ bytes: count }),
    lengths: indexFile,
    supervised: indexFile,
    records: indexFile,
  }),
});

export type StoreHeader = z.output<typeof storeHeaderSchema>;

/** Bytes of a length: the highest bit of a supervised count, which is never longer, says something else. */
export function lengthBytesFor(maxLength: number): 2 | 4 {
  return maxLength < 2 ** 15 ? 2 : 4;
}

export function tokenBytesFor(vocabularySize: number): 2 | 4 {
  return vocabularySize <= 2 ** 16 ? 2 : 4;
}
