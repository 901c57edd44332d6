/** How far one model's logits are from another's. */
export interface LogitsDifference {
  /** max |Δlogit|; NaN when a logit of either is not a number. */
  readonly largest: number;
  /** max |logit| of the expected ones, against which a difference is judged. */
  readonly scale: number;
  /** Positions whose likeliest token differs. */
  readonly changedTokens: number;
  /** Positions in all. */
  readonly positions: number;
}

/**
 * Compares logits [T, V] of the same sequences, sequence by sequence.
 * Throws a RangeError when there are not as many.
 */
export function compareLogits(
  expected: readonly Float32Array[],
  found: readonly Float32Array[],
  vocabularySize: number,
): LogitsDifference {
  let largest = 0;
  let scale = 0;
  let changedTokens = 0;
  let positions = 0;
  if (expected.length !== found.length) throw new RangeError(`${found.length} sequences against ${expected.length}`);
  expected.forEach((wanted, sequence) => {
    const got = found[sequence] ?? new Float32Array();
    if (got.length !== wanted.length) throw new RangeError(`${got.length} logits against ${wanted.length}`);
    for (let row = 0; row < wanted.length; row += vocabularySize) {
      let likeliest = row;
      let foundLikeliest = row;
      for (let i = row; i < row + vocabularySize; i++) {
        const want = wanted[i] as number;
        const have = got[i] as number;
        const difference = Math.abs(want - have);
        // Written so that NaN is taken, and stays.
        if (!(difference <= largest)) largest = Number.isNaN(largest) ? largest : difference;
        if (Math.abs(want) > scale) scale = Math.abs(want);
        if (want > (wanted[likeliest] as number)) likeliest = i;
        if (have > (got[foundLikeliest] as number)) foundLikeliest = i;
      }
      if (likeliest !== foundLikeliest) changedTokens++;
      positions++;
    }
  });
  return { largest, scale, changedTokens, positions };
}
