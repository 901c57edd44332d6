import { describe, expect, it } from 'vitest';
import { clamped, matrixOf, placeOf, START, windowAt } from '../../../../webview/inspector/window';
import { exactText } from '../../../../webview/inspector/words';

const shaped = (...shape: number[]) => ({ shape, parameters: shape.reduce((product, size) => product * size, 1) });

describe('the window over the values', () => {
  it('shows the last two axes, for one index of each axis before them', () => {
    const matrix = matrixOf(shaped(3, 4, 20, 30), 6);
    expect(matrix).toMatchObject({ rows: 20, columns: 30, isWrapped: false });
    const place = clamped({ leading: [2, 1], row: 100, column: 5 }, matrix, 6);
    expect(place).toEqual({ leading: [2, 1], row: 4, column: 5 });
    // Row-major: ((2 · 4 + 1) · 20 + 4) · 30 + 5.
    expect(windowAt(place, matrix, 6)).toEqual({ offset: 5525, stride: 30, rows: 16, columns: 6 });
  });

  it('holds the value with any row-major index', () => {
    const matrix = matrixOf(shaped(3, 4, 20, 30), 6);
    for (const index of [0, 7199, 5525, 29, 3600]) {
      const { offset, stride, rows, columns } = windowAt(placeOf(index, matrix, 6), matrix, 6);
      const shown = Array.from({ length: rows }, (_, row) =>
        Array.from({ length: columns }, (__, column) => offset + row * stride + column),
      ).flat();
      expect(shown).toContain(index);
    }
  });

  it('writes a vector in lines, and bears scalars and tensors without elements', () => {
    const vector = matrixOf(shaped(100), 6);
    expect(vector).toEqual({ rows: 17, columns: 6, leading: [], isWrapped: true });
    expect(windowAt(clamped({ ...START, row: 99 }, vector, 6), vector, 6)).toMatchObject({ offset: 6, rows: 16 });
    expect(windowAt(START, matrixOf(shaped(), 6), 6)).toEqual({ offset: 0, stride: 1, rows: 1, columns: 1 });
    expect(windowAt(START, matrixOf(shaped(0, 5), 6), 6)).toMatchObject({ rows: 0, columns: 5 });
  });
});

describe('the exact text of a value', () => {
  it('has as few digits as its type needs to be read back the same', () => {
    expect(exactText(Math.fround(0.1), { dtype: 'F32' })).toBe('0.1');
    expect(exactText(Math.fround(1 / 3), { dtype: 'F32' })).toBe('0.33333334');
    expect(exactText(0.1, { dtype: 'F64' })).toBe('0.1');
    expect(exactText(0.100097656, { dtype: 'BF16' })).toBe('0.1001');
    expect(exactText(-0, { dtype: 'F16' })).toBe('-0');
    expect(exactText(448, { dtype: 'F8_E4M3' })).toBe('448');
    expect(exactText(7, { dtype: 'I32' })).toBe('7');
  });
});
