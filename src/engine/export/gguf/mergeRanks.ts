import type { TokenizerFile } from './tokenizerFile';

/**
 * The place of each token in the order in which pairs are joined, if that order is one of tokens: all pairs that make a
 * token stand together in the list, and every pair of tokens whose union is a token is in it. Undefined otherwise.
 * Tokens that are added are left out: a text is cut at them before any pair is joined.
 */
export function mergeRanks({
  vocabulary,
  merges,
  addedTokens,
}: TokenizerFile): ReadonlyMap<string, number> | undefined {
  const added = new Set(addedTokens.map(({ content }) => content));
  const ranks = new Map<string, number>();
  const pairsOf = new Map<string, number>();
  let last: string | undefined;
  for (const [left, right] of merges) {
    const token = left + right;
    if (added.has(token)) continue;
    if (token !== last && ranks.has(token)) return undefined;
    if (!ranks.has(token)) ranks.set(token, ranks.size);
    pairsOf.set(token, (pairsOf.get(token) ?? 0) + 1);
    last = token;
  }
  for (const token of vocabulary.keys()) {
    if (!added.has(token) && !BYTE.test(token) && splits(token, vocabulary) !== (pairsOf.get(token) ?? 0))
      return undefined;
  }
  return ranks;
}

const BYTE = /^<0x[0-9A-F]{2}>$/;

/** In how many ways a token is the union of two others. */
function splits(token: string, vocabulary: ReadonlyMap<string, number>): number {
  let count = 0;
  for (let at = 1; at < token.length; at++) {
    if (vocabulary.has(token.slice(0, at)) && vocabulary.has(token.slice(at))) count++;
  }
  return count;
}
