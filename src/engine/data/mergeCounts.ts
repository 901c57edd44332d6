import { DROP_REASONS, type DropReason } from '../../run/dataReport';
import type { Occurrences, ReadingCounts } from './readingCounts';

/** The counts of two readings, one after the other. */
export function mergeCounts(a: ReadingCounts, b: ReadingCounts): ReadingCounts {
  if (a.examples === 0 || b.examples === 0) {
    // Without examples there is no fewest.
    const fewestSupervised = a.examples === 0 ? b.fewestSupervised : a.fewestSupervised;
    return { ...added(a, b), fewestSupervised };
  }
  return added(a, b);
}

function added(a: ReadingCounts, b: ReadingCounts): ReadingCounts {
  return {
    records: a.records + b.records,
    examples: a.examples + b.examples,
    tokens: a.tokens + b.tokens,
    supervisedTokens: a.supervisedTokens + b.supervisedTokens,
    longest: Math.max(a.longest, b.longest),
    fewestSupervised: Math.min(a.fewestSupervised, b.fewestSupervised),
    cut: both(a.cut, b.cut),
    windowed: a.windowed + b.windowed,
    windows: a.windows + b.windows,
    conversations: a.conversations + b.conversations,
    conversationTexts: a.conversationTexts + b.conversationTexts,
    altered: both(a.altered, b.altered),
    startTokens: {
      none: a.startTokens.none + b.startTokens.none,
      one: a.startTokens.one + b.startTokens.one,
      several: a.startTokens.several + b.startTokens.several,
    },
    firstUnstarted: a.firstUnstarted ?? b.firstUnstarted,
    firstDoubled: a.firstDoubled ?? b.firstDoubled,
    complete: a.complete + b.complete,
    ended: a.ended + b.ended,
    firstUnended: a.firstUnended ?? b.firstUnended,
    dropped: Object.fromEntries(
      DROP_REASONS.map((reason) => [reason, both(a.dropped[reason], b.dropped[reason])]),
    ) as Record<DropReason, Occurrences>,
  };
}

function both(a: Occurrences, b: Occurrences): Occurrences {
  return { count: a.count + b.count, first: a.first ?? b.first };
}
