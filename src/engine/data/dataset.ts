import { UserError } from '../../config/userError';
import { supervisedCount, type Example } from './example';
import { readExamples, type ExampleStreamOptions } from './exampleStream';

export interface Dataset {
  readonly examples: readonly Example[];
  /** Of all examples, after truncation. */
  readonly tokens: number;
  /** Tokens that are learned. */
  readonly supervisedTokens: number;
  /** Tokens of the longest example. */
  readonly longest: number;
  /** Examples that lost their end. */
  readonly truncated: number;
}

export interface DatasetOptions extends ExampleStreamOptions {
  /** Called now and then with the share of the data that is read, from 0 to 1. */
  readonly onProgress?: (share: number) => void;
}

/** Reads and tokenizes data files. Throws a UserError that names file and line, or the signal's reason when aborted. */
export async function loadDataset(options: DatasetOptions): Promise<Dataset> {
  const examples: Example[] = [];
  for await (const batch of readExamples(options)) {
    for (const example of batch.examples) examples.push(example);
    options.onProgress?.(batch.share);
  }
  if (examples.length === 0) {
    throw new UserError(`${options.files.join(', ')}: has no examples; put one JSON object on each line.`);
  }
  return summarise(examples);
}

/** The figures of some examples, for instance of one side of a split. */
export function summarise(examples: readonly Example[]): Dataset {
  let tokens = 0;
  let supervisedTokens = 0;
  let longest = 0;
  let truncated = 0;
  for (const example of examples) {
    tokens += example.tokens.length;
    supervisedTokens += supervisedCount(example.labels);
    longest = Math.max(longest, example.tokens.length);
    if (example.truncated) truncated++;
  }
  return { examples, tokens, supervisedTokens, longest, truncated };
}
