import { MASKED } from '../data/attentionMask';

/** The new tokens of one row and the slots that hold those before them. */
export interface NewTokens {
  /** Tokens before the new ones. */
  readonly start: number;
  readonly count: number;
  /** `count` and its padding: T. */
  readonly length: number;
  /** C: position p is in slot p mod C. */
  readonly capacity: number;
  /** Tokens that a token sees, itself included; undefined for all before it. */
  readonly window: number | undefined;
}

/**
 * Writes [T, C + T] of one row into `mask` from `at` on: 0 where a new token may see a slot of the cache or a new token,
 * that is the tokens of its window up to itself; {@link MASKED} elsewhere. Padding sees itself alone, so that its softmax
 * is defined.
 */
export function writeCacheMask(mask: Float32Array, at: number, tokens: NewTokens): void {
  const { start, count, length, capacity, window = Infinity } = tokens;
  const width = capacity + length;
  mask.fill(MASKED, at, at + length * width);
  for (let t = 0; t < length; t++) {
    const row = at + t * width;
    if (t >= count) {
      mask[row + capacity + t] = 0;
      continue;
    }
    /** The oldest position in sight. */
    const oldest = Math.max(0, start + t - window + 1);
    mask.fill(0, row + capacity + Math.max(0, oldest - start), row + capacity + t + 1);
    for (let position = Math.max(oldest, start - capacity); position < start; position++) {
      mask[row + (position % capacity)] = 0;
    }
  }
}
