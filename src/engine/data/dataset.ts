import { join } from 'node:path';
import type { Examples } from './examples';
import type { ExampleStreamOptions } from './exampleStream';
import type { ReadingCounts } from './readingCounts';
import { dataKey } from './store/dataKey';
import { TokenCache } from './store/tokenCache';
import { tokenizedExamples } from './tokenizedExamples';

export interface Dataset {
  readonly examples: Examples;
  /** Of all examples, after truncation. */
  readonly tokens: number;
  /** Tokens that are learned. */
  readonly supervisedTokens: number;
  /** Tokens of the longest example. */
  readonly longest: number;
  /** Examples that lost their end. */
  readonly truncated: number;
}

export interface LoadedDataset extends Dataset {
  /** What became of the records that were read. */
  readonly counts: ReadingCounts;
  /** Names all that the examples depend on: data, tokenizer and rules. Equal keys, equal examples. */
  readonly key: string;
  /** Frees the file that the examples are read from. */
  close(): Promise<void>;
}

export interface LoadingOptions {
  /** Called now and then with the share of the data that is compared with what was tokenized before, from 0 to 1. */
  readonly onComparing?: (share: number) => void;
  /** Called now and then with the share of the data that is tokenized, from 0 to 1. */
  readonly onProgress?: (share: number) => void;
  /** Takes a sentence about what was found damaged and made again. */
  readonly onNote?: (note: string) => void;
  readonly cache?: TokenCache;
  /** Examples that take more memory go to the cache. */
  readonly memoryBytes?: number;
}

/**
 * Reads and tokenizes data files, or finds them tokenized. Throws a UserError that names file and line, or the signal's
 * reason when aborted. Whoever called closes the dataset.
 */
export async function loadDataset(
  stream: ExampleStreamOptions,
  { onComparing, cache = new TokenCache(), ...options }: LoadingOptions = {},
): Promise<LoadedDataset> {
  const notes = join(cache.folder, 'files');
  const identity = await dataKey(stream, { notes, ...(onComparing && { onProgress: onComparing }) });
  const loaded = await tokenizedExamples(stream, { ...options, ...identity, cache });
  const { examples, counts } = loaded;
  return { ...summarise(examples), counts, key: identity.key, close: () => loaded.close() };
}

/** The figures of some examples, for instance of one side of a split. Reads none of them. */
export function summarise(examples: Examples): Dataset {
  let tokens = 0;
  let supervisedTokens = 0;
  let longest = 0;
  let truncated = 0;
  for (let index = 0; index < examples.length; index++) {
    const length = examples.tokensOf(index);
    tokens += length;
    supervisedTokens += examples.supervisedOf(index);
    longest = Math.max(longest, length);
    if (examples.truncatedAt(index)) truncated++;
  }
  return { examples, tokens, supervisedTokens, longest, truncated };
}
