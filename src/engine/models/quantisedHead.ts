import { withDerivative } from '../graph/ops/derived';
import { add, equal, multiply, scale, shift, subtract } from '../graph/ops/elementwise';
import { concatenate, reshape, slice } from '../graph/ops/layout';
import { pick, rows } from '../graph/ops/lookup';
import { integerProduct, quantisedRows, toFloat } from '../graph/ops/quantisation';
import { argMax, logSumExp, softmax, sum } from '../graph/ops/reduction';
import { constant, lengthOf, type ElementType, type Shape, type Value } from '../graph/value';
import type { QuantisedMatrix } from '../adapters/frozenWeight';
import type { DecoderConfig } from './decoderConfig';
import { softcapped } from './softcap';

/**
 * The head's matrix W [V, D] in bytes. That of the backward direction is W − 1 wᵀ, with w the mean of the rows.
 *
 * The gradient of a logit is p − [is the target], and these add up to 0, so w drops out of (p − target) W. But it does
 * not drop out of a product with bytes: most of a vocabulary's probabilities are below half a step of the largest and
 * round to nothing, and what they hold together would be missing from Σ p W. Centred, what is missing is a mean of many
 * rows, which is near 0.
 */
export interface QuantisedHead {
  /** The vocabulary in pieces. */
  readonly tiles: readonly HeadTile[];
  /** W − 1 wᵀ [V, D]: the pieces' rows, one below the other. */
  readonly rows: QuantisedMatrix;
  /** w [D]; needed where the logits are bounded, and the gradients do not add up to 0. */
  readonly mean: Value;
}

/** The part of a head for the tokens from `start`. */
export interface HeadTile {
  readonly start: number;
  /** Part of Wᵀ, [D, tokens] */
  readonly columns: QuantisedMatrix;
  /** Part of W − 1 wᵀ, [tokens, D]; scales as of the whole. */
  readonly rows: Value;
}

/** What a head makes of C tokens. */
export interface TokenLosses {
  /** ln Σ e^logit − logit of the target, [C, 1]. */
  readonly losses: Value;
  /** [target is the likeliest, the first among equals], [C, 1] */
  readonly hits: Value;
}

/**
 * Tokens of a tile: logits of a thousand tokens for them stay in the processor's cache from the product that makes them to
 * the one that takes their probabilities. Not a multiple of 2,048, whose rows would share few places of the cache.
 */
export const HEAD_TILE = 6208;

/** The vocabulary in tiles. */
export function headTiles(vocabularySize: number): { readonly start: number; readonly end: number }[] {
  return Array.from({ length: Math.ceil(vocabularySize / HEAD_TILE) }, (_, index) => ({
    start: index * HEAD_TILE,
    end: Math.min(vocabularySize, (index + 1) * HEAD_TILE),
  }));
}

export const HEAD_INPUTS = { rows: 'head.rows', rowScales: 'head.rowScales', mean: 'head.mean' } as const;

/** Names of a tile's tensors. */
export function tileInputs(index: number): {
  readonly columns: string;
  readonly columnScales: string;
  readonly rows: string;
} {
  return { columns: `head.${index}.columns`, columnScales: `head.${index}.columnScales`, rows: `head.${index}.rows` };
}

export function quantisedHeadInput(
  { vocabularySize, hiddenSize }: DecoderConfig,
  named: (name: string, shape: Shape, type?: ElementType) => Value,
): QuantisedHead {
  return {
    tiles: headTiles(vocabularySize).map(({ start, end }, index) => {
      const names = tileInputs(index);
      const width = end - start;
      return {
        start,
        columns: {
          entries: named(names.columns, [hiddenSize, width], 'int8'),
          scales: named(names.columnScales, [width]),
        },
        rows: named(names.rows, [width, hiddenSize], 'int8'),
      };
    }),
    rows: {
      entries: named(HEAD_INPUTS.rows, [vocabularySize, hiddenSize], 'int8'),
      scales: named(HEAD_INPUTS.rowScales, [hiddenSize]),
    },
    mean: named(HEAD_INPUTS.mean, [hiddenSize]),
  };
}

/** What is known of the vocabulary up to some token. */
interface Seen {
  /** ln Σ e^logit, [C, 1] */
  readonly normaliser: Value;
  /** Logit of the target, 0 where it comes later, [C, 1]. */
  readonly targetLogit: Value;
  /** Σ p s (W − 1 wᵀ) and Σ p s with p the probabilities among these tokens and s the slope of the softcap, [C, D] and [C, 1]. */
  readonly pull: Value;
  readonly weight: Value;
}

/**
 * Losses of normed hidden states [C, D] with targets int64 [C]. The vocabulary goes by in tiles, and what is known of
 * it is that of the tiles before and of the next one, each weighted with its share of the probability (Milakov &
 * Gimelshein 2018, online softmax). With logits z = cap(a), a = x Wᵀ, and s = cap'(a): dx = Σ_v p_v s_v W_v − s_t W_t.
 */
export function quantisedLosses(
  normed: Value,
  targets: Value,
  head: QuantisedHead,
  config: DecoderConfig,
): TokenLosses {
  const chosen = reshape(targets, [lengthOf(targets.shape, 0), 1]);
  const input = quantisedRows(normed);
  const cap = config.logitSoftcap;
  /** cap' = 1 − (z / c)² */
  const slope = (z: Value): Value => shift(scale(multiply(z, z), -1 / (cap ?? 1) ** 2), 1);
  const seenOf = (logits: Value, tile: HeadTile): Seen => {
    const p = softmax(logits);
    const weighted = cap === undefined ? p : multiply(p, slope(logits));
    return {
      normaliser: logSumExp(logits),
      targetLogit: pick(logits, chosen, tile.start),
      pull: integerProduct(quantisedRows(weighted, { positive: true }), tile.rows, head.rows.scales),
      weight: sum(weighted, [1]),
    };
  };

  let seen: Seen | undefined;
  const likeliest: Value[] = [];
  const peaks: Value[] = [];
  for (const tile of head.tiles) {
    const logits = softcapped(integerProduct(input, tile.columns.entries, tile.columns.scales), config);
    seen = joined(seen, seenOf(logits, tile));
    likeliest.push(argMax(logits));
    peaks.push(pick(logits, argMax(logits)));
  }
  if (seen === undefined) throw new Error('a head without tokens');
  const { normaliser, targetLogit, pull, weight } = seen;

  const losses = withDerivative(subtract(normaliser, targetLogit), [normed], (gradient) => {
    const targetRows = multiply(toFloat(rows(head.rows.entries, targets)), head.rows.scales);
    if (cap === undefined) return [multiply(gradient, subtract(pull, targetRows))];
    const targetSlope = slope(targetLogit);
    const left = multiply(subtract(weight, targetSlope), head.mean);
    return [multiply(gradient, add(subtract(pull, multiply(targetSlope, targetRows)), left))];
  });

  const likeliestTile = argMax(concatenate(peaks, 1));
  const hits = head.tiles.map(({ start }, index) =>
    multiply(
      equal(likeliestTile, constant([1, 1], [index], 'int64')),
      equal(likeliest[index] ?? likeliestTile, subtract(chosen, constant([1, 1], [start], 'int64'))),
    ),
  );
  return { losses, hits: hits.reduce((a, b) => add(a, b)) };
}

/** What is known of two pieces of the vocabulary together. */
function joined(before: Seen | undefined, next: Seen): Seen {
  if (before === undefined) return next;
  const normalisers = concatenate([before.normaliser, next.normaliser], 1);
  const shares = softmax(normalisers);
  const mixed = (a: Value, b: Value): Value =>
    add(multiply(a, slice(shares, 1, 0, 1)), multiply(b, slice(shares, 1, 1, 2)));
  return {
    normaliser: logSumExp(normalisers),
    targetLogit: add(before.targetLogit, next.targetLogit),
    pull: mixed(before.pull, next.pull),
    weight: mixed(before.weight, next.weight),
  };
}
