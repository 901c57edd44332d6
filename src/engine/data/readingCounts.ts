import type { Example } from './example';
import { supervisedCount } from './example';

/** Why an example is left out of training. */
export const DROP_REASONS = ['nothingToLearn', 'promptTooLong', 'tooLong', 'boundary'] as const;
export type DropReason = (typeof DROP_REASONS)[number];

/** What became of the data while it was read: plain numbers, so that it can be stored beside the tokens. */
export interface ReadingCounts {
  /** Lines, rows or items that were read, whatever became of them. */
  readonly records: number;
  readonly examples: number;
  /** Of all examples, as they are trained on. */
  readonly tokens: number;
  readonly supervisedTokens: number;
  /** Tokens of the longest example. */
  readonly longest: number;
  /** Fewest supervised tokens of an example; 0 without examples. */
  readonly fewestSupervised: number;
  /** Examples that lost their end. */
  readonly cut: number;
  /** Records that became several windows, and the examples they became. */
  readonly windowed: number;
  readonly windows: number;
  /** Records that gave no example, by reason. */
  readonly dropped: Readonly<Record<DropReason, number>>;
}

/** The counts of nothing read. */
export const NOTHING_READ: ReadingCounts = {
  records: 0,
  examples: 0,
  tokens: 0,
  supervisedTokens: 0,
  longest: 0,
  fewestSupervised: 0,
  cut: 0,
  windowed: 0,
  windows: 0,
  dropped: { nothingToLearn: 0, promptTooLong: 0, tooLong: 0, boundary: 0 },
};

/** The counts with one more record, which gave these examples. */
export function countRecord(counts: ReadingCounts, examples: readonly Example[]): ReadingCounts {
  let { tokens, supervisedTokens, longest, cut } = counts;
  let fewestSupervised = counts.examples === 0 ? Infinity : counts.fewestSupervised;
  for (const example of examples) {
    const supervised = supervisedCount(example.labels);
    tokens += example.tokens.length;
    supervisedTokens += supervised;
    longest = Math.max(longest, example.tokens.length);
    fewestSupervised = Math.min(fewestSupervised, supervised);
    if (example.truncated) cut++;
  }
  return {
    ...counts,
    records: counts.records + 1,
    examples: counts.examples + examples.length,
    tokens,
    supervisedTokens,
    longest,
    fewestSupervised: Number.isFinite(fewestSupervised) ? fewestSupervised : 0,
    cut,
  };
}
