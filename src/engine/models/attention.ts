import { add, multiply, scale, subtract, tanh } from '../graph/ops/elementwise';
import { product } from '../graph/ops/contraction';
import { withDerivative } from '../graph/ops/derived';
import { concatenate, pad, reshape, slice } from '../graph/ops/layout';
import { softmax, sum } from '../graph/ops/reduction';
import { lengthOf, type Value } from '../graph/value';
import { group, joinKeys, joinQueries, splitKeys, splitQueries, ungroup, type HeadShape } from './attentionHeads';

export interface AttentionShape extends HeadShape {
  /** Factor of the scores. */
  readonly attentionScale: number;
  /** c of c·tanh(score/c), which bounds the scores; undefined for none. */
  readonly attentionSoftcap: number | undefined;
}

/** Shortest run of queries worth a tile of its own: below, products get too small to be fast. */
const TILE = 128;
const MAX_TILES = 8;

/**
 * Softmax attention, causal, with grouped queries. q [B, T, H·h], k and v [B, T, K·h]; mask [B, T, T] is added to the
 * scores (0 or −1e30) and must forbid later keys. Result [B, T, H·h].
 *
 * Queries go in tiles that see only the keys before their end, which halves the work of a causal mask. Probabilities
 * are not kept: the derivative computes them again. With p the probabilities, o the result, g its gradient and
 * dp = g vᵀ:  dv = pᵀ g,  ds = p (dp − Σ g o),  dq = scale · ds k,  dk = scale · dsᵀ q  (Dao et al. 2022, FlashAttention,
 * App. B). With a softcap c, ds takes the factor 1 − tanh²(s/c) on its way to the scores.
 */
export function attention(q: Value, k: Value, v: Value, mask: Value, shape: AttentionShape): Value {
  const { attentionScale, attentionSoftcap: cap } = shape;
  const length = lengthOf(q.shape, 1);
  const tiles = queryTiles(length);
  const [queries, keys, values] = [splitQueries(q, shape), splitKeys(k, shape), splitKeys(v, shape)];

  /** tanh(s/c) with a softcap, else the scores s themselves. */
  const bounded = (tile: Tile): Value => {
    const alpha = attentionScale / (cap ?? 1);
    const scores = product(tileOf(queries, tile), slice(keys, 2, 0, tile.end), { transposeB: true, alpha });
    return cap === undefined ? scores : tanh(scores);
  };
  const probabilities = (tile: Tile, scores: Value): Value => {
    const masked = add(ungroup(scale(scores, cap ?? 1), shape), maskOf(mask, tile));
    return group(softmax(masked));
  };
  const outputs = concatenate(
    tiles.map((tile) => ungroup(product(probabilities(tile, bounded(tile)), slice(values, 2, 0, tile.end)), shape)),
    3,
  );

  return withDerivative(joinQueries(outputs), [q, k, v], (gradient, result) => {
    const g = splitQueries(gradient, shape);
    const along = sum(multiply(g, splitQueries(result, shape)), [4]);
    const parts = tiles.map((tile) => {
      const scores = bounded(tile);
      const p = probabilities(tile, scores);
      const gTile = tileOf(g, tile);
      const dp = product(gTile, slice(values, 2, 0, tile.end), { transposeB: true });
      const dMasked = multiply(p, subtract(dp, tileOf(along, tile)));
      const ds = cap === undefined ? dMasked : subtract(dMasked, multiply(dMasked, multiply(scores, scores)));
      return {
        dq: ungroup(product(ds, slice(keys, 2, 0, tile.end), { alpha: attentionScale }), shape),
        dk: pad(
          product(ds, tileOf(queries, tile), { transposeA: true, alpha: attentionScale }),
          2,
          0,
          length - tile.end,
        ),
        dv: pad(product(p, gTile, { transposeA: true }), 2, 0, length - tile.end),
      };
    });
    return [
      joinQueries(
        concatenate(
          parts.map((part) => part.dq),
          3,
        ),
      ),
      joinKeys(parts.map((part) => part.dk).reduce((a, b) => add(a, b))),
      joinKeys(parts.map((part) => part.dv).reduce((a, b) => add(a, b))),
    ];
  });
}

interface Tile {
  readonly start: number;
  readonly end: number;
}

function queryTiles(length: number): Tile[] {
  const count = Math.max(1, Math.min(MAX_TILES, Math.floor(length / TILE)));
  const bounds = Array.from({ length: count + 1 }, (_, index) => Math.round((length * index) / count));
  return bounds.slice(1).map((end, index) => ({ start: bounds[index] ?? 0, end }));
}

/** The queries of a tile, heads of a group one below the other: [B, K, H/K, T, h] → [B, K, H/K·tile, h]. */
function tileOf(x: Value, { start, end }: Tile): Value {
  return group(slice(x, 3, start, end));
}

function maskOf(mask: Value, { start, end }: Tile): Value {
  const part = slice(slice(mask, 1, start, end), 2, 0, end);
  return reshape(part, [lengthOf(mask.shape, 0), 1, 1, end - start, end]);
}
