import { stat } from 'node:fs/promises';
import { UserError } from '../../config/userError';
import { unreadable } from '../weights/byteSource';
import type { DataLine } from './dataLine';
import {
  finishExample,
  labelCompletion,
  labelText,
  labelTokens,
  supervisedCount,
  type Example,
  type LabelledTokens,
} from './example';
import { readData } from './reader';
import type { Tokenizer } from './tokenizer';

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

export interface DatasetOptions {
  readonly file: string;
  /** undefined for a model without one, which can learn from "input_ids" only. */
  readonly tokenizer: Tokenizer | undefined;
  /** Rows of the model's embedding. */
  readonly vocabularySize: number;
  readonly maxLength: number;
  /** Called now and then with the share of the file that is read, from 0 to 1. */
  readonly onProgress?: (share: number) => void;
  readonly signal?: AbortSignal;
}

/** Lines tokenized at once: enough to keep the tokenizer busy, few enough to report progress and be aborted. */
const LINES_AT_ONCE = 512;

/** Reads and tokenizes a data file. Throws a UserError that names file and line, or the signal's reason when aborted. */
export async function loadDataset(options: DatasetOptions): Promise<Dataset> {
  const { file, signal } = options;
  const { size } = await stat(file).catch((error: unknown) => {
    throw unreadable(file, error);
  });
  const examples: Example[] = [];
  let waiting: DataLine[] = [];
  const finish = async (bytesRead: number): Promise<void> => {
    signal?.throwIfAborted();
    for (const example of await buildExamples(waiting, options)) examples.push(example);
    waiting = [];
    options.onProgress?.(size === 0 ? 1 : bytesRead / size);
  };
  for await (const { data, bytesRead } of readData(file, signal)) {
    waiting.push(data);
    if (waiting.length === LINES_AT_ONCE) await finish(bytesRead);
  }
  await finish(size);
  if (examples.length === 0) throw new UserError(`${file}: has no examples; put one JSON object on each line.`);
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

async function buildExamples(lines: readonly DataLine[], options: DatasetOptions): Promise<Example[]> {
  const { file, tokenizer, maxLength } = options;
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
  return lines.map((line) => {
    const place = `${file}:${line.line}`;
    return finishExample(file, line.line, checked(label(place, line, take, options), place, options), maxLength);
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
  { tokenizer, vocabularySize }: DatasetOptions,
): LabelledTokens {
  if (line.kind === 'tokens') return labelTokens(place, line.inputIds, line.labels, vocabularySize);
  if (tokenizer === undefined) throw new Error('text reached labelling without a tokenizer');
  return line.kind === 'text' ? labelText(take(), tokenizer) : labelCompletion(take(), take(), tokenizer);
}

/** A tokenizer of another model can give ids that this one has no embedding for. */
function checked(whole: LabelledTokens, place: string, { vocabularySize, tokenizer }: DatasetOptions): LabelledTokens {
  const stranger = whole.tokens.find((id) => id >= vocabularySize);
  if (stranger === undefined) return whole;
  throw new UserError(
    `${place}: becomes token ${stranger} by ${tokenizer?.file ?? 'the tokenizer'}, but the model has ${vocabularySize} tokens; use the model's own tokenizer.json.`,
  );
}
