import type { HostTensor } from '../../runtime/runtime';

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
  /** W − 1 wᵀ, int8 [V, D]: the pieces' rows, one below the other. */
  readonly rows: HostTensor;
  /** A scale for each column of the rows, float32 [D]. */
  readonly rowScales: HostTensor;
  /** w, float32 [D]; needed where the logits are bounded, and the gradients do not add up to 0. */
  readonly mean: HostTensor;
}

/** The part of a head for `width` tokens of the vocabulary. */
export interface HeadTile {
  /** The first of them, int64 [1, 1]. */
  readonly start: HostTensor;
  readonly width: number;
  /** Part of Wᵀ, int8 [D, width] with scales float32 [width]. */
  readonly columns: HostTensor;
  readonly columnScales: HostTensor;
  /** Part of W − 1 wᵀ, int8 [width, D]. */
  readonly rows: HostTensor;
}

/**
 * Tokens of a tile: logits of some hundred tokens for them stay in the processor's cache from the product that makes them to
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
