import { uniformNumbers } from '../data/random';
import type { Tokenizer } from '../data/tokenizer';
import type { DecoderConfig } from '../models/decoderConfig';

/** Long enough for attention, positions and a sliding window of toy models; short enough for a large vocabulary. */
const LENGTH = 32;
const RANDOM_SEQUENCES = 3;
const SEED = 0;

/** A text with letters, digits, punctuation, a newline and letters beyond ASCII, so that a tokenizer's parts all act. */
const TEXT =
  'Call me Ishmael. Some 3 years ago — never mind how long precisely —\nI thought I would sail about: ≈ 40 000 Meilen über See.';

/**
 * The sequences on which two forms of one model are compared: random tokens of the whole vocabulary, always the same,
 * and the tokens of a text where there is a tokenizer.
 */
export async function testSequences(config: DecoderConfig, tokenizer: Tokenizer | undefined): Promise<Int32Array[]> {
  const length = Math.min(LENGTH, config.maxPositions);
  const sequences = Array.from({ length: RANDOM_SEQUENCES }, (_, index) => {
    const random = uniformNumbers(SEED, 'comparison', index);
    return Int32Array.from({ length }, () => Math.floor(random() * config.vocabularySize));
  });
  const text = tokenizer === undefined ? [] : await tokenizer.encode(TEXT, true);
  const known = text.filter((token) => token < config.vocabularySize).slice(0, length);
  return known.length === 0 ? sequences : [...sequences, Int32Array.from(known)];
}
