import { stat } from 'node:fs/promises';
import { UserError } from '../../config/userError';
import { unreadable } from '../weights/byteSource';
import type { DataLine } from './dataLine';
import {
  finishExample,
  labelCompletion,
  labelText,
  labelTokens,
  type Example,
  type ExamplePlace,
  type LabelledTokens,
} from './example';
import { readData } from './reader';
import { countRecord, NOTHING_READ, type ReadingCounts } from './readingCounts';
import type { Tokenizer } from './tokenizer';

export interface ExampleStreamOptions {
  /** Absolute paths, in the order in which they are read. */
  readonly files: readonly string[];
  /** undefined for a model without one, which can learn from "input_ids" only. */
  readonly tokenizer: Tokenizer | undefined;
  /** Rows of the model's embedding. */
  readonly vocabularySize: number;
  readonly maxLength: number;
  readonly signal?: AbortSignal;
}

export interface ExampleBatch {
  /** In the order of the files. May be empty: all may have been dropped. */
  readonly examples: readonly Example[];
  /** Of everything read so far, this batch included; those of the last batch are those of all data. */
  readonly counts: ReadingCounts;
  /** Share of the bytes of all files that is read, from 0 to 1. */
  readonly share: number;
}

/** Records tokenized at once: enough to keep the tokenizer busy, few enough to report progress and be aborted. */
const RECORDS_AT_ONCE = 512;

/**
 * Reads and tokenizes data files batch after batch, in memory that does not grow with the data. There is always at
 * least one batch. Throws a UserError that names file and line, or the signal's reason when aborted.
 */
export async function* readExamples(options: ExampleStreamOptions): AsyncGenerator<ExampleBatch> {
  const { files, signal } = options;
  const sizes = await Promise.all(files.map(sizeOf));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  let counts = NOTHING_READ;
  let bytesBefore = 0;
  for (const [source, file] of files.entries()) {
    let waiting: DataLine[] = [];
    const finish = async (bytesRead: number): Promise<ExampleBatch> => {
      signal?.throwIfAborted();
      const examples: Example[] = [];
      for (const example of await buildExamples(waiting, source, counts.records, options)) {
        examples.push(example);
        counts = countRecord(counts, [example]);
      }
      waiting = [];
      return { examples, counts, share: total === 0 ? 1 : (bytesBefore + bytesRead) / total };
    };
    for await (const { data, bytesRead } of readData(file, signal)) {
      waiting.push(data);
      if (waiting.length === RECORDS_AT_ONCE) yield await finish(bytesRead);
    }
    const size = sizes[source] ?? 0;
    yield await finish(size);
    bytesBefore += size;
  }
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    throw unreadable(file, error);
  }
}

async function buildExamples(
  lines: readonly DataLine[],
  source: number,
  firstRecord: number,
  options: ExampleStreamOptions,
): Promise<Example[]> {
  const { files, tokenizer, maxLength } = options;
  const file = files[source] ?? '';
  const texts = lines.flatMap((line) => textsOf(line));
  const wanting = lines.find((line) => line.kind !== 'tokens');
  if (tokenizer === undefined && wanting !== undefined) {
    throw new UserError(
      `${file}:${wanting.line}: is text, but the model folder has no tokenizer.json; add that file or give "input_ids".`,
    );
  }
  const encoded = tokenizer === undefined || texts.length === 0 ? [] : await tokenizer.encodeBatch(texts);
  let next = 0;
  const take = (): readonly number[] => encoded[next++] ?? [];
  return lines.map((line, index) => {
    const at: ExamplePlace = { source, line: line.line, record: firstRecord + index };
    const place = `${file}:${line.line}`;
    return finishExample(file, at, checked(label(place, line, take, options), place, options), maxLength);
  });
}

function textsOf(line: DataLine): string[] {
  switch (line.kind) {
    case 'text':
      return [line.text];
    case 'completion':
      return [line.prompt, line.completion];
    case 'tokens':
      return [];
  }
}

function label(
  place: string,
  line: DataLine,
  take: () => readonly number[],
  { tokenizer, vocabularySize }: ExampleStreamOptions,
): LabelledTokens {
  if (line.kind === 'tokens') return labelTokens(place, line.inputIds, line.labels, vocabularySize);
  if (tokenizer === undefined) throw new Error('text reached labelling without a tokenizer');
  return line.kind === 'text' ? labelText(take(), tokenizer) : labelCompletion(take(), take(), tokenizer);
}

/** A tokenizer of another model can give ids that this one has no embedding for. */
function checked(
  whole: LabelledTokens,
  place: string,
  { vocabularySize, tokenizer }: ExampleStreamOptions,
): LabelledTokens {
  const stranger = whole.tokens.find((id) => id >= vocabularySize);
  if (stranger === undefined) return whole;
  throw new UserError(
    `${place}: becomes token ${stranger} by ${tokenizer?.file ?? 'the tokenizer'}, but the model has ${vocabularySize} tokens; use the model's own tokenizer.json.`,
  );
}
