import { stat } from 'node:fs/promises';
import type { Configuration } from '../../config/schema';
import { unreadable } from '../weights/byteSource';
import type { ChatTemplate } from './chat/chatTemplate';
import { TemplateRenderer } from './chat/templateRenderer';
import type { Example, ExamplePlace } from './example';
import { fitRecord } from './fitRecord';
import { labelRecords, type LabelledRecord } from './labelRecords';
import { pipelined } from './pipelined';
import { placeIn, type DataRecord } from './record';
import { readRecords } from './readers/readRecords';
import { requireExamples } from './requireExamples';
import {
  countExample,
  framingOf,
  NOTHING_READ,
  occurred,
  type FramingTokens,
  type ReadingCounts,
} from './readingCounts';
import { wantedKeys, type FieldNames } from './shapes/shape';
import type { Tokenizer } from './tokenizer';

export interface ExampleStreamOptions {
  /** Absolute paths, in the order in which they are read. */
  readonly files: readonly string[];
  /** undefined for a model without one, which can learn from "input_ids" only. */
  readonly tokenizer: Tokenizer | undefined;
  /** Rows of the model's embedding. */
  readonly vocabularySize: number;
  readonly maxLength: number;
  /** By default "auto". */
  readonly longer?: Configuration['data']['longer'];
  /** By default the usual names. */
  readonly fields?: FieldNames;
  /** Without one conversations are refused. */
  readonly template?: ChatTemplate | undefined;
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
/** Bytes of them, for records that are long: their tokens with places take some hundred times as much. */
const BYTES_AT_ONCE = 1 << 20;
/** Batches under way: while one is labelled and stored here, the threads of the tokenizer have the next. */
const BATCHES_AT_ONCE = 2;

/**
 * The most memory of a process that reads and tokenizes data, however large, of records of up to a megabyte: what
 * Node.js and the tokenizer take (some 100 MB), and the batches under way. Longer records take more while they are
 * tokenized. A store adds 4⅛ bytes an example. `npm run bench:tokenise` holds it to that.
 */
export const TOKENIZING_BYTES = 512 << 20;

/**
 * Reads and tokenizes data files batch after batch, in memory that does not grow with the data. There is always at
 * least one batch. Throws a UserError that names file and line, or that says why no example is left when none is, and the
 * signal's reason when aborted.
 */
export async function* readExamples(options: ExampleStreamOptions): AsyncGenerator<ExampleBatch> {
  const { files, signal, template } = options;
  const renderer = template && new TemplateRenderer(template);
  const builder = new ExampleBuilder(options);
  const onAbort = (): void => renderer?.dispose();
  signal?.addEventListener('abort', onAbort);
  try {
    const labelled = pipelined(recordBatches(options), BATCHES_AT_ONCE, async (batch) => ({
      ...batch,
      labelled: await labelRecords(batch.records, options, renderer).finally(() => {
        // Aborting ends the process that renders, which is no fault of the template.
        signal?.throwIfAborted();
      }),
    }));
    for await (const { source, labelled: records, share } of labelled) {
      signal?.throwIfAborted();
      yield { ...builder.build(source, records), share };
    }
    requireExamples(builder.counts, files);
  } finally {
    signal?.removeEventListener('abort', onAbort);
    renderer?.dispose();
  }
}

interface RecordBatch {
  readonly source: number;
  readonly records: readonly DataRecord[];
  readonly share: number;
}

/** All records, some at a time; the last batch of each file may be empty. */
async function* recordBatches({ files, fields = {}, signal }: ExampleStreamOptions): AsyncGenerator<RecordBatch> {
  const sizes = await Promise.all(files.map(sizeOf));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const wanted = wantedKeys(fields);
  let bytesBefore = 0;
  for (const [source, file] of files.entries()) {
    let records: DataRecord[] = [];
    let bytesTaken = 0;
    for await (const record of readRecords(file, wanted, signal)) {
      records.push(record);
      if (records.length < RECORDS_AT_ONCE && record.bytesRead - bytesTaken < BYTES_AT_ONCE) continue;
      bytesTaken = record.bytesRead;
      yield { source, records, share: total === 0 ? 1 : Math.min(1, (bytesBefore + bytesTaken) / total) };
      records = [];
    }
    bytesBefore += sizes[source] ?? 0;
    yield { source, records, share: total === 0 ? 1 : bytesBefore / total };
  }
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    throw unreadable(file, error);
  }
}

/** Makes examples of records and keeps count of them. */
class ExampleBuilder {
  counts = NOTHING_READ;
  private readonly framing: FramingTokens;

  constructor(private readonly options: ExampleStreamOptions) {
    const { tokenizer } = options;
    this.framing = framingOf(tokenizer);
  }

  build(source: number, records: readonly LabelledRecord[]): Omit<ExampleBatch, 'share'> {
    const examples: Example[] = [];
    for (const record of records) {
      const place = { source, line: record.line, record: this.counts.records };
      for (const example of this.examplesOf(record, place)) examples.push(example);
      this.counts = { ...this.counts, records: this.counts.records + 1 };
    }
    return { examples, counts: this.counts };
  }

  private *examplesOf(record: LabelledRecord, place: ExamplePlace): Generator<Example> {
    const { files, tokenizer, maxLength, longer = 'auto' } = this.options;
    const { kind, sequences, isAltered } = record;
    const where = placeIn(files[place.source] ?? '', place.line);
    if (kind === 'chat') {
      const { conversations, conversationTexts, altered } = this.counts;
      this.counts = {
        ...this.counts,
        conversations: conversations + 1,
        conversationTexts: conversationTexts + sequences.length,
        altered: isAltered ? occurred(altered, where) : altered,
      };
    }
    for (const fitted of fitRecord(record, { maxLength, longer }, tokenizer?.prefix ?? [])) {
      if (fitted.kind === 'dropped') {
        const { dropped } = this.counts;
        this.counts = {
          ...this.counts,
          dropped: { ...dropped, [fitted.reason]: occurred(dropped[fitted.reason], where) },
        };
        continue;
      }
      const { examples } = fitted;
      const truncated = fitted.kind === 'cut';
      if (truncated) this.counts = { ...this.counts, cut: occurred(this.counts.cut, where) };
      if (fitted.kind === 'windows') {
        const { windowed, windows } = this.counts;
        this.counts = { ...this.counts, windowed: windowed + 1, windows: windows + examples.length };
      }
      for (const [index, { tokens, labels }] of examples.entries()) {
        // Ready-made tokens end as their maker wished.
        const isComplete = !truncated && index === examples.length - 1 && kind !== 'tokens';
        this.counts = countExample(this.counts, { tokens, labels }, this.framing, isComplete, where);
        yield { ...place, tokens, labels, truncated };
      }
    }
  }
}
