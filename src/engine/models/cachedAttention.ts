import { product } from '../graph/ops/contraction';
import { add, scale, tanh } from '../graph/ops/elementwise';
import { concatenate, slice } from '../graph/ops/layout';
import { softmax } from '../graph/ops/reduction';
import { lengthOf, type Value } from '../graph/value';
import type { AttentionShape } from './attention';
import { group, joinQueries, splitQueries, ungroup } from './attentionHeads';

/** Keys and values of earlier tokens, each [B, K, C, h]; keys already turned. */
export interface CachedKeys {
  readonly keys: Value;
  readonly values: Value;
}

/**
 * Attention of T new tokens to C cached ones and to each other. q [B, T, H·h]; k and v of the new tokens [B, K, T, h];
 * mask [B, 1, 1, T, C + T] is added to the scores (0 or −1e30): first the slots of the cache, then the new tokens. Result
 * [B, T, H·h].
 *
 * Scores of cached and of new keys are joined, not the keys themselves: that would copy the cache for every token.
 */
export function cachedAttention(
  q: Value,
  k: Value,
  v: Value,
  mask: Value,
  cached: CachedKeys | undefined,
  shape: AttentionShape,
): Value {
  const { attentionScale, attentionSoftcap: cap } = shape;
  const queries = group(splitQueries(q, shape));
  const scoresOf = (keys: Value): Value =>
    product(queries, keys, { transposeB: true, alpha: attentionScale / (cap ?? 1) });
  const parts = cached === undefined ? [scoresOf(k)] : [scoresOf(cached.keys), scoresOf(k)];
  const joined = concatenate(parts, 3);
  const scores = cap === undefined ? joined : scale(tanh(joined), cap);

  const probabilities = group(softmax(add(ungroup(scores, shape), mask)));
  const [length, seen] = [lengthOf(mask.shape, -2), lengthOf(mask.shape, -1)];
  const capacity = seen - length;
  const ofNew = product(slice(probabilities, 3, capacity, seen), v);
  const result =
    cached === undefined ? ofNew : add(product(slice(probabilities, 3, 0, capacity), cached.values), ofNew);
  return joinQueries(ungroup(result, shape));
}
