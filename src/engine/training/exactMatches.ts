import type { PackedBatch } from '../data/packing';

export interface ExactMatches {
  /** Examples with something supervised. */
  readonly examples: number;
  /** Those of them whose every supervised token is the likeliest where it stands. */
  readonly exact: number;
}

/**
 * How many examples of a batch greedy decoding would complete token for token, the end token included. No token is
 * generated for that: given the prompt, the first token of greedy decoding is the likeliest after the prompt; and as long
 * as it has written the completion so far, its next token is the likeliest after that very text, which is what the model
 * was shown here. So by induction it writes the completion if and only if each of its tokens is the likeliest where it
 * stands. Of a conversation each answer follows on the true turns before it. `hits` is as in TokenScores.
 */
export function exactMatches({ segments, targets, rows, rowLength }: PackedBatch, hits: Uint8Array): ExactMatches {
  let examples = 0;
  let exact = 0;
  for (let row = 0; row < rows; row++) {
    const end = (row + 1) * rowLength;
    for (let t = row * rowLength; t < end && segments[t] !== 0;) {
      const segment = segments[t];
      let supervised = 0;
      let correct = 0;
      for (; t < end && segments[t] === segment; t++) {
        if ((targets[t] as number) < 0) continue;
        supervised++;
        correct += hits[t] as number;
      }
      if (supervised === 0) continue;
      examples++;
      if (correct === supervised) exact++;
    }
  }
  return { examples, exact };
}
