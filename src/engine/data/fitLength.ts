import type { Configuration } from '../../config/schema';
import { IGNORED_LABEL, joined, supervisedCount, type LabelledTokens } from './example';
import type { DropReason } from '../../run/dataReport';

export interface LengthLimit {
  readonly maxLength: number;
  readonly longer: Configuration['data']['longer'];
}

/** What became of tokens that had to fit. */
export type Fitted =
  | { readonly kind: 'whole' | 'cut'; readonly examples: readonly [LabelledTokens] }
  | { readonly kind: 'windows'; readonly examples: readonly LabelledTokens[] }
  | { readonly kind: 'dropped'; readonly reason: DropReason };

/**
 * Makes tokens fit into `maxLength`: as they are, cut at the end, or in windows one behind the other. What would teach
 * nothing is dropped, with the reason. `isText` says whether all of it is one plain text, which "auto" takes in windows;
 * a window that does not begin it gets `prefix` again, the start token without which many models are lost.
 */
export function fitLength(
  whole: LabelledTokens,
  { maxLength, longer }: LengthLimit,
  isText: boolean,
  prefix: readonly number[],
): Fitted {
  if (supervisedCount(whole.labels) === 0) return { kind: 'dropped', reason: 'nothingToLearn' };
  if (whole.tokens.length <= maxLength) return { kind: 'whole', examples: [whole] };
  const way = longer === 'auto' ? (isText ? 'windows' : 'cut') : longer;
  switch (way) {
    case 'drop':
      return { kind: 'dropped', reason: 'tooLong' };
    case 'cut': {
      const cut = { tokens: whole.tokens.slice(0, maxLength), labels: whole.labels.slice(0, maxLength) };
      if (supervisedCount(cut.labels) === 0) return { kind: 'dropped', reason: 'promptTooLong' };
      return { kind: 'cut', examples: [cut] };
    }
    case 'windows': {
      const examples = windowsOf(whole, maxLength, prefix).filter(({ labels }) => supervisedCount(labels) > 0);
      return examples.length === 0 ? { kind: 'dropped', reason: 'nothingToLearn' } : { kind: 'windows', examples };
    }
  }
}

/**
 * Windows that follow one another without overlap, full up to the last. After a prefix every token of a window is
 * learned as it would have been; without one its first token has nothing before it and is not.
 */
function windowsOf({ tokens, labels }: LabelledTokens, maxLength: number, prefix: readonly number[]): LabelledTokens[] {
  const startsWithPrefix = prefix.length > 0 && prefix.every((id, i) => tokens[i] === id);
  // A prefix that fills the window leaves no room; no tokenizer has one.
  const repeated = startsWithPrefix && prefix.length < maxLength ? prefix : [];
  const ignored = repeated.map(() => IGNORED_LABEL);
  const windows: LabelledTokens[] = [];
  let start = 0;
  while (start < tokens.length) {
    const before = start === 0 ? [] : repeated;
    let end = Math.min(tokens.length, start + maxLength - before.length);
    // A last token alone would not be learned: leave it company.
    if (tokens.length - end === 1 && repeated.length === 0 && end - start > 2) end--;
    windows.push({
      tokens: joined(before, tokens.subarray(start, end)),
      labels: joined(start === 0 ? [] : ignored, labels.subarray(start, end)),
    });
    start = end;
  }
  return windows;
}
