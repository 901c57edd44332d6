import { IGNORED_LABEL, type Example } from './example';

/**
 * Puts examples of the given lengths into rows of `rowLength` tokens, as few as best-fit decreasing finds (for many
 * examples at most 11/9 of the least possible): longest first, each into the fullest row that still has room.
 * Returns the rows, each a list of indices into `lengths`. The same lengths give the same rows.
 */
export function packRows(lengths: ArrayLike<number>, rowLength: number): number[][] {
  const order = Array.from(lengths, (_, index) => index);
  const lengthOf = (index: number): number => lengths[index] as number;
  order.sort((a, b) => lengthOf(b) - lengthOf(a) || a - b);
  const rows: number[][] = [];
  /** Rows by the room they have left; within the same room the oldest first. */
  const byRoom: number[][] = Array.from({ length: rowLength + 1 }, () => []);
  for (const index of order) {
    const length = lengthOf(index);
    if (!Number.isInteger(length) || length < 1 || length > rowLength) {
      throw new RangeError(`an example of ${length} tokens does not go into a row of ${rowLength}`);
    }
    let room = length;
    while (room <= rowLength && byRoom[room]?.length === 0) room++;
    const row = byRoom[room]?.shift() ?? rows.push([]) - 1;
    rows[row]?.push(index);
    byRoom[Math.min(room, rowLength) - length]?.push(row);
  }
  return rows;
}

/** Rows of examples as the model takes them; B = rows, T = rowLength, all arrays [B, T] row-major. */
export interface PackedBatch {
  readonly rows: number;
  readonly rowLength: number;
  /** Which of the given examples each row holds, in their order: the nth of a row is its segment n + 1. */
  readonly examples: readonly (readonly number[])[];
  /** 0 where nothing is. */
  readonly tokens: Int32Array;
  /** Position within its own example: restarts at 0 for each. */
  readonly positions: BigInt64Array;
  /** 1 for the first example of a row, 2 for the second, …; 0 for padding. */
  readonly segments: Int32Array;
  /** What each position is to predict: the label of the next token of the same example, or -100. */
  readonly targets: Int32Array;
  /** Targets that are not -100. */
  readonly supervised: number;
  /** Tokens without padding. */
  readonly tokenCount: number;
}

/**
 * Lays out rows of `packRows`: row b holds `examples[i]` for each i of `rows[b]`, one behind the other, then padding.
 * Throws a RangeError when a row does not hold its examples.
 */
export function buildRows(
  rows: readonly (readonly number[])[],
  examples: readonly Pick<Example, 'tokens' | 'labels'>[],
  rowLength: number,
): PackedBatch {
  const size = rows.length * rowLength;
  const tokens = new Int32Array(size);
  const positions = new BigInt64Array(size);
  const segments = new Int32Array(size);
  const targets = new Int32Array(size).fill(IGNORED_LABEL);
  let supervised = 0;
  let tokenCount = 0;
  rows.forEach((row, b) => {
    let at = b * rowLength;
    row.forEach((index, nth) => {
      const example = examples[index];
      if (example === undefined) throw new RangeError(`row ${b} names example ${index} of ${examples.length}`);
      const length = example.tokens.length;
      if (at + length > (b + 1) * rowLength) throw new RangeError(`row ${b} is longer than ${rowLength} tokens`);
      tokens.set(example.tokens, at);
      segments.fill(nth + 1, at, at + length);
      for (let t = 0; t < length; t++) positions[at + t] = BigInt(t);
      for (let t = 0; t + 1 < length; t++) {
        const label = example.labels[t + 1] as number;
        targets[at + t] = label;
        if (label !== IGNORED_LABEL) supervised++;
      }
      at += length;
      tokenCount += length;
    });
  });
  return { rows: rows.length, rowLength, examples: rows, tokens, positions, segments, targets, supervised, tokenCount };
}
