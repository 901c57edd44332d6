import { z } from 'zod';
import { DROP_REASONS } from '../../run/dataReport';
import { IGNORED_LABEL, supervisedCount, type Example } from './example';
import type { Tokenizer } from './tokenizer';

const count = z.int().min(0);

/** How often, and where first: "file:line". */
const occurrencesSchema = z.object({ count, first: z.string().nullable() });

/** What became of the data while it was read: plain data, so that it can be stored beside the tokens. */
export const readingCountsSchema = z.object({
  /** Lines, rows, items or text files that were read, whatever became of them. */
  records: count,
  examples: count,
  /** Of all examples, as they are trained on. */
  tokens: count,
  supervisedTokens: count,
  /** Tokens of the longest example. */
  longest: count,
  /** Fewest supervised tokens of an example; 0 without examples. */
  fewestSupervised: count,
  /** Examples that lost their end. */
  cut: occurrencesSchema,
  /** Texts that became several windows, and the examples that they became. */
  windowed: count,
  windows: count,
  /** Conversations, and the texts that they became: more where a template rewrites earlier turns. */
  conversations: count,
  conversationTexts: count,
  /** Conversations of which the template leaves out or changes a message. */
  altered: occurrencesSchema,
  /** Examples that begin with no start token, with one, with more; all 0 for a tokenizer without one. */
  startTokens: z.object({ none: count, one: count, several: count }),
  /** The first of those without, and of those with more than one. */
  firstUnstarted: z.string().nullable(),
  firstDoubled: z.string().nullable(),
  /** Examples that reach the end of what was written, and those of them whose last learned token ends a text. */
  complete: count,
  ended: count,
  /** The first of those that do not, for people to look at. */
  firstUnended: z.string().nullable(),
  dropped: z.record(z.enum(DROP_REASONS), occurrencesSchema),
});

export type Occurrences = z.output<typeof occurrencesSchema>;
export type ReadingCounts = Readonly<z.output<typeof readingCountsSchema>>;

const NEVER: Occurrences = { count: 0, first: null };

/** The counts of nothing read. */
export const NOTHING_READ: ReadingCounts = {
  records: 0,
  examples: 0,
  tokens: 0,
  supervisedTokens: 0,
  longest: 0,
  fewestSupervised: 0,
  cut: NEVER,
  windowed: 0,
  windows: 0,
  conversations: 0,
  conversationTexts: 0,
  altered: NEVER,
  startTokens: { none: 0, one: 0, several: 0 },
  firstUnstarted: null,
  firstDoubled: null,
  complete: 0,
  ended: 0,
  firstUnended: null,
  dropped: { nothingToLearn: NEVER, promptTooLong: NEVER, tooLong: NEVER, boundary: NEVER },
};

/** Examples left out, whatever the reason. */
export function droppedCount({ dropped }: ReadingCounts): number {
  return DROP_REASONS.reduce((sum, reason) => sum + dropped[reason].count, 0);
}

/** One more occurrence at `place`. */
export function occurred({ count, first }: Occurrences, place: string): Occurrences {
  return { count: count + 1, first: first ?? place };
}

/** The tokens that examples should begin and end with. */
export interface FramingTokens {
  readonly start: number | undefined;
  readonly ends: ReadonlySet<number>;
}

/** Those of a tokenizer. */
export function framingOf(
  tokenizer: Pick<Tokenizer, 'prefix' | 'startToken' | 'stopTokens'> | undefined,
): FramingTokens {
  return { start: tokenizer?.prefix[0] ?? tokenizer?.startToken, ends: new Set(tokenizer?.stopTokens) };
}

/** The counts with one more example. `isComplete`: it reaches the end of what was written. */
export function countExample(
  counts: ReadingCounts,
  { tokens, labels }: Pick<Example, 'tokens' | 'labels'>,
  { start, ends }: FramingTokens,
  isComplete: boolean,
  place: string,
): ReadingCounts {
  const supervised = supervisedCount(labels);
  const isEnded = endsText(labels, ends);
  return {
    ...counts,
    examples: counts.examples + 1,
    tokens: counts.tokens + tokens.length,
    supervisedTokens: counts.supervisedTokens + supervised,
    longest: Math.max(counts.longest, tokens.length),
    fewestSupervised: counts.examples === 0 ? supervised : Math.min(counts.fewestSupervised, supervised),
    ...(start !== undefined && countStart(counts, startOf(tokens, start), place)),
    complete: counts.complete + (isComplete ? 1 : 0),
    ended: counts.ended + (isComplete && isEnded ? 1 : 0),
    firstUnended: isComplete && !isEnded ? (counts.firstUnended ?? place) : counts.firstUnended,
  };
}

/** How many start tokens an example begins with. */
export function startOf(tokens: Int32Array, start: number): keyof ReadingCounts['startTokens'] {
  if (tokens[0] !== start) return 'none';
  return tokens[1] === start ? 'several' : 'one';
}

/** Whether the last token is learned and one of those that end a text. */
export function endsText(labels: Int32Array, ends: FramingTokens['ends']): boolean {
  return ends.has(labels[labels.length - 1] ?? IGNORED_LABEL);
}

function countStart(
  { startTokens, firstUnstarted, firstDoubled }: ReadingCounts,
  found: keyof ReadingCounts['startTokens'],
  place: string,
): Pick<ReadingCounts, 'startTokens' | 'firstUnstarted' | 'firstDoubled'> {
  return {
    startTokens: { ...startTokens, [found]: startTokens[found] + 1 },
    firstUnstarted: found === 'none' ? (firstUnstarted ?? place) : firstUnstarted,
    firstDoubled: found === 'several' ? (firstDoubled ?? place) : firstDoubled,
  };
}
