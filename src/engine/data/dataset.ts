import type { Example } from './example';
import { memoryExamples, type Examples } from './examples';
import { readExamples, type ExampleStreamOptions } from './exampleStream';
import { NOTHING_READ, type ReadingCounts } from './readingCounts';

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
}

export interface DatasetOptions extends ExampleStreamOptions {
  /** Called now and then with the share of the data that is read, from 0 to 1. */
  readonly onProgress?: (share: number) => void;
}

/** Reads and tokenizes data files. Throws a UserError that names file and line, or the signal's reason when aborted. */
export async function loadDataset(options: DatasetOptions): Promise<LoadedDataset> {
  const examples: Example[] = [];
  let counts = NOTHING_READ;
  for await (const batch of readExamples(options)) {
    for (const example of batch.examples) examples.push(example);
    counts = batch.counts;
    options.onProgress?.(batch.share);
  }
  return { ...summarise(memoryExamples(examples)), counts };
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
