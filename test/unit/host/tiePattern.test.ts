import { describe, expect, it } from 'vitest';
import type { MoraMode } from '../../../src/config/mode';
import { tiePattern } from '../../../webview/form/tiePattern';

/** ΔW for M[a][c] = a·r̂ + c + 1. */
function materialised(mode: MoraMode, dIn: number, dOut: number, rHat: number): number[][] {
  return tiePattern(mode, dIn, dOut, rHat).map((row) =>
    row.map((entries) => entries.reduce((sum, { row: a, column: c, weight }) => sum + (a * rHat + c + 1) * weight, 0)),
  );
}

function repeated(...rows: ReadonlyArray<readonly [times: number, row: readonly number[]]>): number[][] {
  return rows.flatMap(([times, row]) => Array.from({ length: times }, () => [...row]));
}

// Printed by the official implementation for this M.
describe('the drawing of ΔW follows the official index rules', () => {
  const square = [6, 5] as const;
  const wrapped = [5, 7] as const;
  it.each<[MoraMode, readonly [number, number], number[][]]>([
    [
      'sharing',
      square,
      repeated(
        [1, [1, 2, 3, 1, 2, 3]],
        [1, [4, 5, 6, 4, 5, 6]],
        [1, [7, 8, 9, 7, 8, 9]],
        [1, [1, 2, 3, 1, 2, 3]],
        [1, [4, 5, 6, 4, 5, 6]],
      ),
    ],
    ['sharing-blocks', square, repeated([2, [1, 1, 2, 2, 3, 3]], [2, [4, 4, 5, 5, 6, 6]], [1, [7, 7, 8, 8, 9, 9]])],
    [
      'sharing-blocks-in',
      square,
      repeated(
        [1, [1, 1, 2, 2, 3, 3]],
        [1, [4, 4, 5, 5, 6, 6]],
        [1, [7, 7, 8, 8, 9, 9]],
        [1, [1, 1, 2, 2, 3, 3]],
        [1, [4, 4, 5, 5, 6, 6]],
      ),
    ],
    ['sharing-blocks-out', square, repeated([2, [1, 2, 3, 1, 2, 3]], [2, [4, 5, 6, 4, 5, 6]], [1, [7, 8, 9, 7, 8, 9]])],
    [
      'sharing',
      wrapped,
      repeated(
        [1, [4, 2, 3, 1, 2]],
        [1, [10, 5, 6, 4, 5]],
        [1, [16, 8, 9, 7, 8]],
        [1, [4, 2, 3, 1, 2]],
        [1, [10, 5, 6, 4, 5]],
        [1, [16, 8, 9, 7, 8]],
        [1, [4, 2, 3, 1, 2]],
      ),
    ],
    ['sharing-blocks', wrapped, repeated([3, [1, 1, 2, 2, 3]], [2, [4, 4, 5, 5, 6]], [2, [7, 7, 8, 8, 9]])],
    ['sharing-blocks-out', wrapped, repeated([3, [4, 2, 3, 1, 2]], [2, [10, 5, 6, 4, 5]], [2, [16, 8, 9, 7, 8]])],
  ])('%s, %j', (mode, [dIn, dOut], expected) => {
    expect(materialised(mode, dIn, dOut, 3)).toEqual(expected);
  });

  it('rotation, with outputs cropped', () => {
    const expected = [
      [1, 2, 0, 0, 0, 0],
      [3, 4, 0, 0, 0, 0],
      [0, 0, 2.2232, 0.2391, 0, 0],
      [0, 0, 4.9868, -0.3632, 0, 0],
      [0, 0, 0, 0, 1.4024, -1.7416],
    ];
    close(materialised('rotation', 6, 5, 2), expected);
  });

  it('rotation, with the last block wrapped and outputs repeated', () => {
    const expected = [
      [1, 2, 0, 0, 0],
      [3, 4, 0, 0, 0],
      [0, 0, 2.2232, 0.2391, 0],
      [0, 0, 4.9868, -0.3632, 0],
      [-1.7416, 0, 0, 0, 1.4024],
      [-4.3925, 0, 0, 0, 2.3887],
      [1, 2, 0, 0, 0],
    ];
    close(materialised('rotation', 5, 7, 2), expected);
  });
});

function close(actual: number[][], expected: number[][]): void {
  expect(actual).toHaveLength(expected.length);
  for (const [i, row] of expected.entries()) {
    for (const [j, value] of row.entries()) expect(actual[i]![j], `[${i}, ${j}]`).toBeCloseTo(value, 4);
  }
}
