import type { TokenizerFile } from './tokenizerFile';

/**
 * Whether merges put every token of a byte-level vocabulary together from its letters. Then it makes no difference
 * whether a word that is a token is taken whole or put together. Takes some seconds for the largest vocabularies.
 */
export function mergesMakeEveryToken({ vocabulary, merges, addedTokens }: TokenizerFile): boolean {
  const ranks = new Map(merges.map(([left, right], rank) => [`${left} ${right}`, rank]));
  const added = new Set(addedTokens.map(({ content }) => content));
  for (const token of vocabulary.keys()) {
    if (!added.has(token) && joined(token.split(''), ranks).length !== 1) return false;
  }
  return true;
}

/** What is left of the parts, at first letters of bytes, when the pair of the lowest rank, the leftmost of several, is joined as long as there is one. */
function joined(parts: string[], ranks: ReadonlyMap<string, number>): string[] {
  while (parts.length > 1) {
    let best = Infinity;
    let at = -1;
    for (let i = 0; i + 1 < parts.length; i++) {
      const rank = ranks.get(`${parts[i] ?? ''} ${parts[i + 1] ?? ''}`) ?? Infinity;
      if (rank < best) [best, at] = [rank, i];
    }
    if (at < 0) return parts;
    parts.splice(at, 2, `${parts[at] ?? ''}${parts[at + 1] ?? ''}`);
  }
  return parts;
}
