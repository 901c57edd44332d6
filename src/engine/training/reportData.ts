import type { Configuration } from '../../config/schema';
import type { DataReport } from '../../run/dataReport';
import type { Dataset } from '../data/dataset';
import { ExampleOrder } from '../data/order';
import { DROP_REASONS, droppedCount, type ReadingCounts } from '../data/readingCounts';
import { DROPPED } from '../data/requireExamples';
import { paddedRows, type BatchLayout } from './microBatches';
import type { RunData } from './runData';

/** Steps that are laid out to see how full rows become: a few hundred examples say it to a percent. */
const STEPS_LAID_OUT = 32;

/** What became of the data of a run, for people. */
export function reportData(
  { train, validation, reading, sources, tokenizer }: RunData,
  { training }: Pick<Configuration, 'training'>,
  layout: BatchLayout,
): DataReport {
  const startToken = tokenizer?.prefix[0] ?? tokenizer?.startToken;
  return {
    files: sources.train.length + sources.validation.length,
    records: reading.records,
    train: sideOf(train),
    validation: sideOf(validation),
    longest: reading.longest,
    fewestSupervised: reading.fewestSupervised,
    cut: reading.cut,
    windowed: reading.windowed,
    windows: reading.windows,
    conversations: reading.conversations,
    conversationTexts: reading.conversationTexts,
    startTokens: startToken === undefined || startToken === tokenizer?.endToken ? null : reading.startTokens,
    complete: reading.complete,
    ended: reading.ended,
    dropped: DROP_REASONS.flatMap((reason) =>
      reading.dropped[reason].count === 0 ? [] : [{ ...reading.dropped[reason], why: DROPPED[reason].why }],
    ),
    packing: packingOf(train, training, layout),
    warnings: dataWarnings(reading, sources.heldOutFiles, (tokenizer?.prefix.length ?? 0) > 0),
  };
}

function sideOf({ examples, tokens, supervisedTokens }: Dataset): DataReport['train'] {
  return { examples: examples.length, tokens, supervisedTokens };
}

/** Tokens of the first steps over what their rows hold, padding and all. */
function packingOf(
  { examples }: Dataset,
  { batchSize, seed }: Configuration['training'],
  layout: BatchLayout,
): DataReport['packing'] {
  if (examples.length === 0) return null;
  const order = new ExampleOrder(examples.length, seed);
  const steps = Math.min(STEPS_LAID_OUT, Math.ceil(examples.length / batchSize));
  let tokens = 0;
  let rows = 0;
  for (let step = 0; step < steps; step++) {
    const lengths = order.stepExamples(step, batchSize).map((index) => examples.tokensOf(index));
    tokens += lengths.reduce((sum, length) => sum + length, 0);
    rows += paddedRows(lengths, layout).reduce((sum, part) => sum + part.length, 0);
  }
  return { rowLength: layout.rowLength, efficiency: tokens / (rows * layout.rowLength) };
}

/** What about the data is unwise, one sentence each. `addsStart`: the tokenizer puts a start token before texts. */
export function dataWarnings(reading: ReadingCounts, heldOutFiles: number, addsStart: boolean): string[] {
  const { examples, cut, altered, startTokens, complete, ended, firstUnended } = reading;
  const dropped = droppedCount(reading);
  const warnings: string[] = [];
  const warn = (isSo: boolean, sentence: string): void => {
    if (isSo) warnings.push(sentence);
  };
  warn(dropped > examples, `More than half of the examples are left out: ${dropped} of ${dropped + examples}.`);
  warn(
    cut.count > examples / 2,
    `More than half of the examples lose their end: ${cut.count} of ${examples}; raise "data.maxLength".`,
  );
  warn(
    altered.count > 0,
    `The chat template leaves out or changes a message in ${altered.count} of ${reading.conversations} conversations (first at ${altered.first ?? 'an unknown place'}).`,
  );
  warn(
    startTokens.several > 0,
    `${startTokens.several} of ${examples} examples begin with the start token twice; take it out of the data or of the chat template.`,
  );
  warn(
    addsStart && startTokens.none > 0,
    `${startTokens.none} of ${examples} examples have no start token, which the tokenizer puts before every text; let the chat template begin with it ({{ bos_token }}).`,
  );
  warn(
    ended < complete,
    `${complete - ended} of ${complete} examples end with a token at which generation does not stop (first at ${firstUnended ?? 'an unknown place'}); name it in "eos_token_id" of generation_config.json.`,
  );
  warn(
    heldOutFiles > 0,
    `"data.validation" names ${heldOutFiles} files that "data.train" names too; they are not trained on.`,
  );
  return warnings;
}
