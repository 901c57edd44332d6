import type { Shape } from '../../graph/value';
import type { DecoderConfig } from '../decoderConfig';
import type { HeadPurpose } from './headParts';

/**
 * What is known of the tokens of the vocabulary up to some tile, by name, for C tokens of text:
 * - normaliser [C, 1]: ln Σ e^logit;
 * - targetLogit [C, 1]: logit of the target, 0 where it comes later;
 * - pull [C, D], for training: Σ p s (W − 1 wᵀ) with p the probabilities among these tokens and s the softcap's slope;
 * - weight [C, 1], for training with a softcap: Σ p s;
 * - peak and hit [C, 1], for evaluation: the largest logit, and 1 where it is the target's, the first among equals.
 */
export type SeenName = 'normaliser' | 'targetLogit' | 'pull' | 'weight' | 'peak' | 'hit';

/** Before the first tile: of a logit that no token has. */
export const NOTHING_SEEN: Readonly<Record<SeenName, number>> = {
  normaliser: -1e30,
  targetLogit: 0,
  pull: 0,
  weight: 0,
  peak: -1e30,
  hit: 0,
};

/** What is kept from tile to tile for `chunk` tokens of text. */
export function seenShapes(
  { hiddenSize, logitSoftcap }: DecoderConfig,
  chunk: number,
  purpose: HeadPurpose,
): ReadonlyMap<SeenName, Shape> {
  const column = [chunk, 1];
  const always = [
    ['normaliser', column],
    ['targetLogit', column],
  ] as const;
  const own: [SeenName, Shape][] =
    purpose === 'training'
      ? [
          ['pull', [chunk, hiddenSize]],
          ...(logitSoftcap === undefined ? [] : [['weight', column] as [SeenName, Shape]]),
        ]
      : [
          ['peak', column],
          ['hit', column],
        ];
  return new Map<SeenName, Shape>([...always, ...own]);
}

/** Name of a program's input with what was seen before. */
export const seenInput = (name: SeenName): string => `seen.${name}`;
