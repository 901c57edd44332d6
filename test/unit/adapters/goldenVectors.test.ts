import { describe, expect, it } from 'vitest';
import { moraStructure } from '../../../src/engine/adapters/mora/moraStructure';
import { largestDifference } from '../../support/dense';

/** ΔW as printed by the official code for M[a][c] = a·r̂ + c + 1 at rank 1 (four decimals). */
const GOLDEN: readonly { dIn: number; dOut: number; type: number; rows: readonly (readonly number[])[] }[] = [
  {
    dIn: 6,
    dOut: 5,
    type: 1,
    rows: cycle(
      [
        [1, 2, 3, 1, 2, 3],
        [4, 5, 6, 4, 5, 6],
        [7, 8, 9, 7, 8, 9],
      ],
      5,
    ),
  },
  {
    dIn: 6,
    dOut: 5,
    type: 2,
    rows: repeat(
      [
        [1, 1, 2, 2, 3, 3],
        [4, 4, 5, 5, 6, 6],
        [7, 7, 8, 8, 9, 9],
      ],
      [2, 2, 1],
    ),
  },
  {
    dIn: 6,
    dOut: 5,
    type: 3,
    rows: cycle(
      [
        [1, 1, 2, 2, 3, 3],
        [4, 4, 5, 5, 6, 6],
        [7, 7, 8, 8, 9, 9],
      ],
      5,
    ),
  },
  {
    dIn: 6,
    dOut: 5,
    type: 4,
    rows: repeat(
      [
        [1, 2, 3, 1, 2, 3],
        [4, 5, 6, 4, 5, 6],
        [7, 8, 9, 7, 8, 9],
      ],
      [2, 2, 1],
    ),
  },
  {
    dIn: 6,
    dOut: 5,
    type: 6,
    rows: [
      [1, 2, 0, 0, 0, 0],
      [3, 4, 0, 0, 0, 0],
      [0, 0, 2.2232, 0.2391, 0, 0],
      [0, 0, 4.9868, -0.3632, 0, 0],
      [0, 0, 0, 0, 1.4024, -1.7416],
    ],
  },
  {
    dIn: 5,
    dOut: 7,
    type: 1,
    rows: cycle(
      [
        [4, 2, 3, 1, 2],
        [10, 5, 6, 4, 5],
        [16, 8, 9, 7, 8],
      ],
      7,
    ),
  },
  {
    dIn: 5,
    dOut: 7,
    type: 2,
    rows: repeat(
      [
        [1, 1, 2, 2, 3],
        [4, 4, 5, 5, 6],
        [7, 7, 8, 8, 9],
      ],
      [3, 2, 2],
    ),
  },
  {
    dIn: 5,
    dOut: 7,
    type: 3,
    rows: cycle(
      [
        [1, 1, 2, 2, 3],
        [4, 4, 5, 5, 6],
        [7, 7, 8, 8, 9],
      ],
      7,
    ),
  },
  {
    dIn: 5,
    dOut: 7,
    type: 4,
    rows: repeat(
      [
        [4, 2, 3, 1, 2],
        [10, 5, 6, 4, 5],
        [16, 8, 9, 7, 8],
      ],
      [3, 2, 2],
    ),
  },
  {
    dIn: 5,
    dOut: 7,
    type: 6,
    rows: [
      [1, 2, 0, 0, 0],
      [3, 4, 0, 0, 0],
      [0, 0, 2.2232, 0.2391, 0],
      [0, 0, 4.9868, -0.3632, 0],
      [-1.7416, 0, 0, 0, 1.4024],
      [-4.3925, 0, 0, 0, 2.3887],
      [1, 2, 0, 0, 0],
    ],
  },
];

function cycle(rows: number[][], count: number): number[][] {
  return Array.from({ length: count }, (_, i) => rows[i % rows.length]!);
}

function repeat(rows: number[][], counts: number[]): number[][] {
  return rows.flatMap((row, i) => new Array<number[]>(counts[i]!).fill(row));
}

describe('ΔW of the official code', () => {
  it.each(GOLDEN)('mora_type $type, $dIn → $dOut', ({ dIn, dOut, type, rows }) => {
    const { deltaWeight, rHat } = moraStructure({ dIn, dOut, rank: 1, type });
    expect(rHat).toBe(type === 6 ? 2 : 3);
    const delta = deltaWeight({ M: Float32Array.from({ length: rHat * rHat }, (_, i) => i + 1) });
    expect(largestDifference(delta, rows.flat())).toBeLessThan(type === 6 ? 5.1e-5 : 1e-7);
  });
});
