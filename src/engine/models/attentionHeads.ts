import { reshape, transpose } from '../graph/ops/layout';
import { lengthOf, type Value } from '../graph/value';

/** How the width of queries, keys and values is cut into heads; each key head serves heads / keyValueHeads query heads. */
export interface HeadShape {
  readonly heads: number;
  readonly keyValueHeads: number;
  readonly headSize: number;
}

/** [B, T, H·h] → [B, K, H/K, T, h]: the query heads that share a key head side by side. */
export function splitQueries(x: Value, { heads, keyValueHeads, headSize }: HeadShape): Value {
  const [batch, length] = [lengthOf(x.shape, 0), lengthOf(x.shape, 1)];
  return byHead(reshape(x, [batch, length, keyValueHeads, heads / keyValueHeads, headSize]));
}

/** [B, K, H/K, T, h] → [B, T, H·h] */
export function joinQueries(x: Value): Value {
  const [batch = 0, keyValueHeads = 0, groups = 0, length = 0, headSize = 0] = x.shape;
  return reshape(byToken(x), [batch, length, keyValueHeads * groups * headSize]);
}

/** [B, T, K, H/K, w] → [B, K, H/K, T, w] */
export const byHead = (x: Value): Value => transpose(x, [0, 2, 3, 1, 4]);

/** [B, K, H/K, T, w] → [B, T, K, H/K, w] */
export const byToken = (x: Value): Value => transpose(x, [0, 3, 1, 2, 4]);

/** [B, T, K·h] → [B, K, T, h] */
export function splitKeys(x: Value, { keyValueHeads, headSize }: HeadShape): Value {
  const [batch, length] = [lengthOf(x.shape, 0), lengthOf(x.shape, 1)];
  return transpose(reshape(x, [batch, length, keyValueHeads, headSize]), [0, 2, 1, 3]);
}

/** [B, K, T, h] → [B, T, K·h] */
export function joinKeys(x: Value): Value {
  const [batch = 0, keyValueHeads = 0, length = 0, headSize = 0] = x.shape;
  return reshape(transpose(x, [0, 2, 1, 3]), [batch, length, keyValueHeads * headSize]);
}

/** Heads of a group one below the other: [B, K, H/K, T, w] → [B, K, H/K·T, w]. */
export function group(x: Value): Value {
  const [batch = 0, keyValueHeads = 0, groups = 0, length = 0, width = 0] = x.shape;
  return reshape(x, [batch, keyValueHeads, groups * length, width]);
}

/** [B, K, H/K·T, w] → [B, K, H/K, T, w] */
export function ungroup(x: Value, { heads, keyValueHeads }: HeadShape): Value {
  const groups = heads / keyValueHeads;
  const [batch = 0, , rows = 0, width = 0] = x.shape;
  return reshape(x, [batch, keyValueHeads, groups, rows / groups, width]);
}
