import { expect, it } from 'vitest';
import { exactMatches } from '../../../src/engine/training/exactMatches';

const X = -100;

it('counts the examples of packed rows whose every supervised token is a hit', () => {
  // Row 0: two examples and padding. Row 1: an example that supervises nothing, one of the same number as above, one more.
  const batch = {
    rows: 2,
    rowLength: 8,
    examples: [
      [0, 1],
      [2, 3, 4],
    ],
    segments: Int32Array.of(1, 1, 1, 2, 2, 2, 0, 0, 1, 1, 2, 2, 3, 3, 3, 3),
    targets: Int32Array.of(X, 7, X, 5, 5, X, X, X, X, X, 9, X, 4, X, 4, X),
    tokens: new Int32Array(16),
    positions: new BigInt64Array(16),
    supervised: 6,
    tokenCount: 14,
  };
  const hits = Uint8Array.of(0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 1, 0);
  expect(exactMatches(batch, hits)).toEqual({ examples: 4, exact: 3 });
  hits[14] = 0;
  expect(exactMatches(batch, hits)).toEqual({ examples: 4, exact: 2 });
});
