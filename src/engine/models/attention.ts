import { add, multiply, scale, subtract, tanh } from '../graph/ops/elementwise';
import { product } from '../graph/ops/contraction';
import { kept, withDerivative } from '../graph/ops/derived';
import { concatenate, pad, reshape, slice } from '../graph/ops/layout';
import { after } from '../graph/ops/order';
import { softmax, sum } from '../graph/ops/reduction';
import { lengthOf, ShapeError, type Shape, type Value } from '../graph/value';
import {
  byHead,
  byToken,
  group,
  joinKeys,
  joinQueries,
  splitKeys,
  splitQueries,
  ungroup,
  type HeadShape,
} from './attentionHeads';

export interface AttentionShape extends HeadShape {
  /** Factor of the scores. */
  readonly attentionScale: number;
  /** c of c·tanh(score/c), which bounds the scores; undefined for none. */
  readonly attentionSoftcap: number | undefined;
}

/** Shortest run of queries worth a tile of its own: below, products get too small to be fast. */
const TILE = 128;
const MAX_TILES = 8;

/** A run of queries and what it may see. */
interface Tile {
  readonly start: number;
  /** Keys from here on come later than every query of the tile. */
  readonly end: number;
}

/** [B, 1, 1, tile, end]: one mask of a tile for all heads of a row. */
export const maskShape = (rows: number, { start, end }: Tile): Shape => [rows, 1, 1, end - start, end];

/** The tiles of rows of `length` tokens. */
export function queryTiles(length: number): Tile[] {
  const count = Math.max(1, Math.min(MAX_TILES, Math.floor(length / TILE)));
  const bounds = Array.from({ length: count + 1 }, (_, index) => Math.round((length * index) / count));
  return bounds.slice(1).map((end, index) => ({ start: bounds[index] ?? 0, end }));
}

/**
 * Softmax attention, causal, with grouped queries. q [B, T, H·h], k and v [B, T, K·h]; for each tile of queries a mask
 * {@link maskShape} is added to the scores (0 or −1e30) and must forbid later keys. Result [B, T, H·h].
 *
 * Queries go in tiles that see only the keys before their end, which halves the work of a causal mask. Probabilities
 * are not kept: the derivative computes them again. With p the probabilities, o the result, g its gradient and
 * dp = g vᵀ:  dv = pᵀ g,  ds = p (dp − Σ g o),  dq = scale · ds k,  dk = scale · dsᵀ q  (Dao et al. 2022, FlashAttention,
 * App. B). With a softcap c, ds takes the factor 1 − tanh²(s/c) on its way to the scores.
 */
export function attention(q: Value, k: Value, v: Value, masks: readonly Value[], shape: AttentionShape): Value {
  const { attentionScale, attentionSoftcap: cap } = shape;
  const length = lengthOf(q.shape, 1);
  const [allQueries, allKeys, allValues] = [
    splitQueries(q, shape),
    kept(splitKeys(k, shape)),
    kept(splitKeys(v, shape)),
  ];
  /** tanh(s/c) with a softcap, else the scores s themselves. */
  const bounded = (queries: Value, keys: Value): Value => {
    const scores = product(queries, keys, { transposeB: true, alpha: attentionScale / (cap ?? 1) });
    return cap === undefined ? scores : tanh(scores);
  };
  const probabilities = (scores: Value, mask: Value): Value =>
    group(softmax(add(ungroup(scale(scores, cap ?? 1), shape), mask)));

  const tiles = queryTiles(length).map(({ start, end }, index) => {
    const mask = masks[index];
    if (mask === undefined) throw new ShapeError('a tile of queries has no mask');
    const queries = group(kept(slice(allQueries, 3, start, end)));
    const [keys, values] = [slice(allKeys, 2, 0, end), slice(allValues, 2, 0, end)];
    return { start, end, mask, queries, keys, values };
  });
  const outputs = concatenate(
    tiles.map(({ queries, keys, values, mask }) =>
      ungroup(product(probabilities(bounded(queries, keys), mask), values), shape),
    ),
    3,
  );

  const joined = withDerivative(byToken(outputs), [q, k, v], (gradient, result) => {
    const g = byHead(gradient);
    const along = byHead(sum(multiply(gradient, result), [4]));
    const parts = tiles.map(({ start, end, mask, queries, keys, values }) => {
      const scores = bounded(queries, keys);
      const p = probabilities(scores, mask);
      const gTile = group(slice(g, 3, start, end));
      const dp = product(gTile, values, { transposeB: true });
      const dMasked = multiply(p, subtract(dp, group(slice(along, 3, start, end))));
      const ds = cap === undefined ? dMasked : subtract(dMasked, multiply(dMasked, multiply(scores, scores)));
      const dq = product(ds, keys, { alpha: attentionScale });
      const dk = product(ds, queries, { transposeA: true, alpha: attentionScale });
      const dv = product(p, gTile, { transposeA: true });
      const whole = (part: Value): Value => pad(part, 2, 0, length - end);
      // Else ds and p would be read again only when all that dq needs has been computed.
      return { dq: ungroup(after(dq, [dk, dv]), shape), dk: whole(dk), dv: whole(dv) };
    });
    const dq = concatenate(
      parts.map((part) => part.dq),
      3,
    );
    return [
      joinQueries(dq),
      joinKeys(parts.map(({ dk }) => dk).reduce((a, b) => add(a, b))),
      joinKeys(parts.map(({ dv }) => dv).reduce((a, b) => add(a, b))),
    ];
  });
  return reshape(joined, q.shape);
}
