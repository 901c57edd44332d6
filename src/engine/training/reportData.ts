import type { Configuration } from '../../config/schema';
import { DROP_REASONS, type DataReport } from '../../run/dataReport';
import type { Dataset } from '../data/dataset';
import { ExampleOrder } from '../data/order';
import { framingOf } from '../data/readingCounts';
import { DROPPED } from '../data/requireExamples';
import { dataProblems, problemSentence } from './dataProblems';
import { paddedRows, type BatchLayout } from './microBatches';
import type { RunData } from './runData';

/** Steps that are laid out to see how full rows become: a few hundred examples say it to a percent. */
const STEPS_LAID_OUT = 32;

/** What became of the data of a run, for people. */
export function reportData(
  { train, validation, reading, sources, tokenizer, unknownMarks }: RunData,
  { training }: Pick<Configuration, 'training'>,
  layout: BatchLayout,
): DataReport {
  const { start } = framingOf(tokenizer);
  const problems = dataProblems(reading, {
    heldOutFiles: sources.heldOutFiles,
    addsStart: (tokenizer?.prefix.length ?? 0) > 0,
    unknownMarks,
  });
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
    startTokens: start === undefined || start === tokenizer?.endToken ? null : reading.startTokens,
    complete: reading.complete,
    ended: reading.ended,
    dropped: DROP_REASONS.flatMap((reason) =>
      reading.dropped[reason].count === 0 ? [] : [{ ...reading.dropped[reason], reason, why: DROPPED[reason].why }],
    ),
    packing: packingOf(train, training, layout),
    problems,
    warnings: problems.map(problemSentence),
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
