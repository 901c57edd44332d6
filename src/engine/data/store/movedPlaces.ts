import type { Occurrences, ReadingCounts } from '../readingCounts';

/**
 * The counts with every place in a file of `from` named as one in the file of `to` at the same index: a store serves
 * the same data wherever it lies.
 */
export function movedPlaces(counts: ReadingCounts, from: readonly string[], to: readonly string[]): ReadingCounts {
  const moved = (place: string | null): string | null => {
    if (place === null) return null;
    // A path may begin with another one: the longest that fits is meant.
    let found = -1;
    from.forEach((file, index) => {
      if (place.startsWith(file) && file.length > (from[found]?.length ?? -1)) found = index;
    });
    return found < 0 ? place : `${to[found] ?? ''}${place.slice(from[found]?.length)}`;
  };
  const movedFirst = ({ count, first }: Occurrences): Occurrences => ({ count, first: moved(first) });
  const { cut, altered, firstUnstarted, firstDoubled, firstUnended, dropped } = counts;
  return {
    ...counts,
    cut: movedFirst(cut),
    altered: movedFirst(altered),
    firstUnstarted: moved(firstUnstarted),
    firstDoubled: moved(firstDoubled),
    firstUnended: moved(firstUnended),
    dropped: {
      nothingToLearn: movedFirst(dropped.nothingToLearn),
      promptTooLong: movedFirst(dropped.promptTooLong),
      tooLong: movedFirst(dropped.tooLong),
      boundary: movedFirst(dropped.boundary),
    },
  };
}
