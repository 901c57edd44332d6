import { stat } from 'node:fs/promises';
import type { Configuration } from '../../config/schema';
import { unreadable } from '../weights/byteSource';
import type { ChatTemplate } from './chat/chatTemplate';
import { TemplateRenderer } from './chat/templateRenderer';
import type { Example, ExamplePlace } from './example';
import { fitLength } from './fitLength';
import { labelRecords, type LabelledRecord } from './labelRecords';
import { placeIn, type DataRecord } from './record';
import { readRecords } from './readers/readRecords';
import { requireExamples } from './requireExamples';
import { countExample, NOTHING_READ, occurred, type FramingTokens, type ReadingCounts } from './readingCounts';
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
const BYTES_AT_ONCE = 2 << 20;

/**
 * Reads and tokenizes data files batch after batch, in memory that does not grow with the data. There is always at
 * least one batch. Throws a UserError that names file and line, or that says why no example is left when none is, and the
 * signal's reason when aborted.
 */
export async function* readExamples(options: ExampleStreamOptions): AsyncGenerator<ExampleBatch> {
  const { files, signal, template } = options;
  const sizes = await Promise.all(files.map(sizeOf));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const wanted = wantedKeys(options.fields ?? {});
  const renderer = template && new TemplateRenderer(template);
  const builder = new ExampleBuilder(options, renderer);
  const onAbort = (): void => renderer?.dispose();
  signal?.addEventListener('abort', onAbort);
  try {
    let bytesBefore = 0;
    for (const [source, file] of files.entries()) {
      let waiting: DataRecord[] = [];
      let bytesBuilt = 0;
      for await (const record of readRecords(file, wanted, signal)) {
        waiting.push(record);
        if (waiting.length < RECORDS_AT_ONCE && record.bytesRead - bytesBuilt < BYTES_AT_ONCE) continue;
        bytesBuilt = record.bytesRead;
        const share = total === 0 ? 1 : (bytesBefore + bytesBuilt) / total;
        yield { ...(await builder.build(source, waiting)), share: Math.min(1, share) };
        waiting = [];
      }
      bytesBefore += sizes[source] ?? 0;
      yield { ...(await builder.build(source, waiting)), share: total === 0 ? 1 : bytesBefore / total };
    }
    requireExamples(builder.counts, files);
  } finally {
    signal?.removeEventListener('abort', onAbort);
    renderer?.dispose();
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

  constructor(
    private readonly options: ExampleStreamOptions,
    private readonly renderer: TemplateRenderer | undefined,
  ) {
    const { tokenizer } = options;
    this.framing = {
      start: tokenizer?.prefix[0] ?? tokenizer?.startToken,
      ends: new Set(tokenizer?.stopTokens),
    };
  }

  async build(source: number, records: readonly DataRecord[]): Promise<Omit<ExampleBatch, 'share'>> {
    this.options.signal?.throwIfAborted();
    const labelled = await labelRecords(records, this.options, this.renderer).finally(() => {
      // Aborting ends the process that renders, which is no fault of the template.
      this.options.signal?.throwIfAborted();
    });
    const examples: Example[] = [];
    for (const record of labelled) {
      const place = { source, line: record.line, record: this.counts.records };
      for (const example of this.examplesOf(record, place)) examples.push(example);
      this.counts = { ...this.counts, records: this.counts.records + 1 };
    }
    return { examples, counts: this.counts };
  }

  private *examplesOf(
    { kind, sequences, straddled, isAltered }: LabelledRecord,
    place: ExamplePlace,
  ): Generator<Example> {
    const { files, tokenizer, maxLength, longer = 'auto' } = this.options;
    const where = placeIn(files[place.source] ?? '', place.line);
    const drop = (reason: keyof ReadingCounts['dropped']): void => {
      const { dropped } = this.counts;
      this.counts = { ...this.counts, dropped: { ...dropped, [reason]: occurred(dropped[reason], where) } };
    };
    for (let i = 0; i < straddled; i++) drop('boundary');
    if (kind === 'chat') {
      const { conversations, conversationTexts, altered } = this.counts;
      this.counts = {
        ...this.counts,
        conversations: conversations + 1,
        conversationTexts: conversationTexts + sequences.length,
        altered: isAltered ? occurred(altered, where) : altered,
      };
    }
    if (sequences.length + straddled === 0) drop('nothingToLearn');
    for (const sequence of sequences) {
      const fitted = fitLength(sequence, { maxLength, longer }, kind === 'text', tokenizer?.prefix ?? []);
      if (fitted.kind === 'dropped') {
        drop(fitted.reason);
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
