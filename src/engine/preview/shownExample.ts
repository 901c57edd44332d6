import { basename } from 'node:path';
import { filesOf } from '../../config/dataSources';
import { marksIn, MOST_MARKS } from '../data/chat/unknownMarks';
import { IGNORED_LABEL, supervisedCount, type Example, type LabelledTokens } from '../data/example';
import { placeIn } from '../data/record';
import { endsText, framingOf, startOf, type FramingTokens } from '../data/readingCounts';
import type { ExampleRemark, PlannedExample, PlannedToken } from '../rpc/plan';
import type { RunData } from '../training/runData';

/** An example as people look at it: the words of its tokens, what is learned of them, what is odd about it. */
export function shownExample(
  { sources, tokenizer, reading }: Pick<RunData, 'sources' | 'tokenizer' | 'reading'>,
  { source, line, tokens, labels, truncated }: Pick<Example, 'source' | 'line' | 'tokens' | 'labels' | 'truncated'>,
  { side = 'train', part = null, most = Infinity }: ShownAs = {},
): PlannedExample {
  const words = Array.from(tokens, (id) => tokenizer?.tokenText(id) ?? String(id));
  const isLast = part === null || part.number === part.of;
  const framing = framingOf(tokenizer);
  return {
    line,
    place: placeIn(basename(filesOf(sources, side)[source] ?? ''), line),
    tokens: shownTokens({ tokens, labels }, words).slice(0, most),
    length: tokens.length,
    supervised: supervisedCount(labels),
    truncated,
    part,
    remarks: [
      ...startRemarks(tokens, framing),
      // Ready-made tokens end as their maker wished.
      ...(!truncated && isLast && reading.complete > 0 ? endRemarks(labels, framing) : []),
      ...markRemarks(words),
    ],
  };
}

export interface ShownAs {
  readonly side?: 'train' | 'validation';
  readonly part?: PlannedExample['part'];
  /** Most tokens to show. */
  readonly most?: number;
}

function shownTokens({ tokens, labels }: LabelledTokens, words: readonly string[]): PlannedToken[] {
  return words.map((text, t) => ({
    id: tokens[t] as number,
    text,
    supervised: t > 0 && labels[t] !== IGNORED_LABEL,
  }));
}

function startRemarks(tokens: Int32Array, { start }: FramingTokens): ExampleRemark[] {
  return start !== undefined && startOf(tokens, start) === 'several' ? [{ kind: 'doubledStart' }] : [];
}

function endRemarks(labels: Int32Array, { ends }: FramingTokens): ExampleRemark[] {
  return endsText(labels, ends) ? [] : [{ kind: 'unended' }];
}

/** A mark that is a token of its own stands in one word; one that is taken apart only in several together. */
function markRemarks(words: readonly string[]): ExampleRemark[] {
  const whole = new Set(words.map((word) => word.trim()));
  const marks = marksIn(words.join('')).filter((mark) => !whole.has(mark));
  return marks.length === 0 ? [] : [{ kind: 'marks', marks: marks.slice(0, MOST_MARKS) }];
}
