import { basename } from 'node:path';
import { filesOf } from '../../config/dataSources';
import { TemplateRenderer } from '../data/chat/templateRenderer';
import type { LabelledTokens } from '../data/example';
import { fitRecord } from '../data/fitRecord';
import { labelRecords, type LabelledRecord } from '../data/labelRecords';
import { readRecords } from '../data/readers/readRecords';
import { placeIn, type DataRecord } from '../data/record';
import { wantedKeys } from '../data/shapes/shape';
import type { ExamplesSeen, LeftOutText } from '../rpc/examples';
import type { RunData } from '../training/runData';
import { examplePage, findExample, partOf, recordsOf } from './examplePages';
import { shownExample } from './shownExample';

export interface RecordPlace {
  /** Whose files its file is among. */
  readonly side: 'train' | 'validation';
  /** Place of its file among them. */
  readonly source: number;
  /** Line, row or item. */
  readonly line: number;
}

/** How far to look for a record, and how much of it to show. */
export interface FateOptions {
  /** Most examples of it. */
  readonly count: number;
  /** Most tokens of each. */
  readonly most: number;
  readonly signal: AbortSignal;
}

/**
 * What became of a record: the examples that it is trained or validated with, or why it gives none. Only one that gives
 * none is read again, up to it from the beginning of its file. Throws what reading data throws.
 */
export async function recordFate(data: RunData, place: RecordPlace, options: FateOptions): Promise<ExamplesSeen> {
  const { count, most } = options;
  const files = filesOf(data.sources, place.side);
  const name = placeIn(basename(files[place.source] ?? ''), place.line);
  const find = async (side: 'train' | 'validation'): Promise<number | undefined> =>
    filesOf(data.sources, side) === files ? findExample(data[side], place) : undefined;
  const first = await find('train');
  if (first !== undefined) {
    const examples = await examplePage(data, 'train', { first, count, most });
    return { kind: 'examples', first, total: data.train.examples.length, examples };
  }
  const held = await find('validation');
  if (held !== undefined) {
    const parts = partOf(await recordsOf(data.validation), held)?.of ?? 1;
    const examples = await examplePage(data, 'validation', { first: held, count: Math.min(count, parts), most });
    return { kind: 'heldOut', place: name, examples };
  }
  return leftOut(data, place, name, options);
}

async function leftOut(
  data: RunData,
  { side, source, line }: RecordPlace,
  name: string,
  { most, signal }: FateOptions,
): Promise<ExamplesSeen> {
  const { rules, sources } = data;
  const file = filesOf(sources, side)[source] ?? '';
  let last = 0;
  let found: DataRecord | undefined;
  for await (const record of readRecords(file, wantedKeys(rules.fields ?? {}), signal)) {
    last = record.line;
    if (last < line) continue;
    if (last === line) found = record;
    break;
  }
  // A blank line holds no record: there, too, the reader has gone on to a later one.
  if (found === undefined) return { kind: 'beyond', place: name, last };
  const renderer = rules.template && new TemplateRenderer(rules.template);
  try {
    const [labelled] = await labelRecords([found], rules, renderer);
    if (labelled === undefined) throw new Error(`${name}: was not labelled`);
    return { kind: 'leftOut', place: name, texts: reasonsOf(data, labelled, { source, side, most }) };
  } finally {
    renderer?.dispose();
  }
}

function reasonsOf(
  data: RunData,
  record: LabelledRecord,
  { source, side, most }: { readonly source: number; readonly side: 'train' | 'validation'; readonly most: number },
): LeftOutText[] {
  const { maxLength, longer = 'auto', tokenizer } = data.rules;
  const shown = (sequence: LabelledTokens | undefined): LeftOutText['example'] =>
    sequence === undefined || sequence.tokens.length === 0
      ? null
      : shownExample(data, { ...sequence, source, line: record.line, truncated: false }, { side, most });
  return fitRecord(record, { maxLength, longer }, tokenizer?.prefix ?? []).flatMap((fitted, index) =>
    // Texts that cannot be parted into tokens come first.
    fitted.kind === 'dropped'
      ? [{ reason: fitted.reason, example: shown(record.sequences[index - record.straddled]) }]
      : [],
  );
}
