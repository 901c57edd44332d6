import type { Example } from './example';
import { memoryExamples, type Examples } from './examples';
import { readExamples, type ExampleBatch, type ExampleStreamOptions } from './exampleStream';
import { NOTHING_READ, type ReadingCounts } from './readingCounts';
import { LabelsDiffer, type RecordForm } from './store/exampleRecord';
import type { TokenCache } from './store/tokenCache';
import { TokenStoreWriter } from './store/tokenStoreWriter';

/** Examples that take less stay in memory, and nothing is written: about 12 MB of text, tokenized in seconds. */
const MEMORY_BYTES = 32 << 20;

/** What an example takes in memory besides its tokens and labels: three objects, two of them arrays with a buffer. */
const BYTES_PER_EXAMPLE = 512;

export interface TokenizedExamples {
  readonly examples: Examples;
  readonly counts: ReadingCounts;
  close(): Promise<void>;
}

export interface TokenizingOptions {
  readonly cache: TokenCache;
  /** Key of the data, under which its store is. */
  readonly key: string;
  /** Throws when the data is no longer what the key says. Asked before anything is stored under it. */
  readonly requireUntouched: () => Promise<void>;
  readonly memoryBytes?: number;
  /** Called with the share of the data that is tokenized, from 0 to 1. */
  readonly onProgress?: ((share: number) => void) | undefined;
  /** Takes a sentence about a store that had to be made again. */
  readonly onNote?: ((note: string) => void) | undefined;
}

/**
 * The examples of data files: from the cache if they were tokenized before, else tokenized, and stored there when they
 * are many. Throws what readExamples throws, and a UserError when the cache cannot be written.
 */
export async function tokenizedExamples(
  stream: ExampleStreamOptions,
  options: TokenizingOptions,
): Promise<TokenizedExamples> {
  const { cache, key, onNote } = options;
  const stored = async (): Promise<TokenizedExamples | undefined> => {
    const store = await cache.open(key, (note) => onNote?.(note));
    return store && { examples: store, counts: store.countsAt(stream.files), close: () => store.close() };
  };
  const before = await stored();
  if (before !== undefined) return before;
  const held = await tokenizeOnce(stream, options);
  if (held !== undefined) return held;
  const made = await stored();
  if (made === undefined) throw new Error(`${cache.folder}: the store ${key} was made and is gone`);
  return made;
}

/** Undefined when the examples went to the cache. */
async function tokenizeOnce(
  stream: ExampleStreamOptions,
  options: TokenizingOptions,
): Promise<TokenizedExamples | undefined> {
  try {
    return await tokenize(stream, options, 'mask');
  } catch (error) {
    if (!(error instanceof LabelsDiffer)) throw error;
    // Only ready-made "labels" can be so: there was no tokenizing to be lost.
    return tokenize(stream, options, 'list');
  }
}

async function tokenize(
  stream: ExampleStreamOptions,
  { cache, key, requireUntouched, memoryBytes = MEMORY_BYTES, onProgress }: TokenizingOptions,
  labels: RecordForm['labels'],
): Promise<TokenizedExamples | undefined> {
  const { files, vocabularySize, maxLength } = stream;
  const batches = readExamples(stream);
  const gathered: Example[] = [];
  let bytes = 0;
  let counts = NOTHING_READ;
  const take = (batch: ExampleBatch): void => {
    counts = batch.counts;
    onProgress?.(batch.share);
  };
  try {
    while (bytes <= memoryBytes) {
      const next = await batches.next();
      if (next.done === true) {
        await requireUntouched();
        return { examples: memoryExamples(gathered), counts, close: async () => undefined };
      }
      for (const example of next.value.examples) {
        gathered.push(example);
        bytes += BYTES_PER_EXAMPLE + example.tokens.byteLength + example.labels.byteLength;
      }
      take(next.value);
    }
    await cache.fill(key, async (folder) => {
      const writer = await TokenStoreWriter.create(folder, { sources: files, vocabularySize, maxLength, labels });
      try {
        await writer.add(gathered.splice(0));
        for await (const batch of batches) {
          await writer.add(batch.examples);
          take(batch);
        }
        await requireUntouched();
        await writer.finish(counts);
      } finally {
        await writer.close();
      }
    });
    return undefined;
  } finally {
    await batches.return(undefined);
  }
}
