import { describe, expect, it } from 'vitest';
import { between, cellsOf, moved, painted } from '../../../webview/form/gridPaint';

const SHAPE = { layers: 4, modules: ['q', 'k', 'v'] };

describe('painting the grid', () => {
  it('a head stands for its row, its column, or all', () => {
    expect(cellsOf({ row: 2, column: -1 }, SHAPE)).toEqual(['2/q', '2/k', '2/v']);
    expect(cellsOf({ row: -1, column: 1 }, SHAPE)).toEqual(['0/k', '1/k', '2/k', '3/k']);
    expect(cellsOf({ row: -1, column: -1 }, SHAPE)).toHaveLength(12);
  });

  it('a drag fills the rectangle from where it began, in any direction', () => {
    const down = between({ row: 1, column: 0 }, { row: 2, column: 1 });
    expect(down).toHaveLength(4);
    expect(between({ row: 2, column: 1 }, { row: 1, column: 0 })).toEqual(down);
  });

  it('a drag from a head to a cell does not join what the head heads with it', () => {
    expect(between({ row: -1, column: 0 }, { row: 2, column: 0 })).toEqual([{ row: 2, column: 0 }]);
  });

  it('leaves the selection it was given alone', () => {
    const before = new Set(['0/q']);
    expect([...painted(before, [{ row: 0, column: 0 }], false, SHAPE)]).toEqual([]);
    expect([...before]).toEqual(['0/q']);
  });
});

describe('moving through the grid', () => {
  const key = (name: string, ctrlKey = false): { key: string; ctrlKey: boolean; metaKey: boolean } => ({
    key: name,
    ctrlKey,
    metaKey: false,
  });
  it('stops at the heads and at the last cell', () => {
    expect(moved({ row: -1, column: 0 }, key('ArrowUp'), SHAPE)).toEqual({ row: -1, column: 0 });
    expect(moved({ row: 3, column: 2 }, key('ArrowDown'), SHAPE)).toEqual({ row: 3, column: 2 });
    expect(moved({ row: 0, column: 0 }, key('ArrowLeft'), SHAPE)).toEqual({ row: 0, column: -1 });
  });

  it('leaps with Ctrl, Home and End, and leaves other keys alone', () => {
    expect(moved({ row: 0, column: 1 }, key('ArrowDown', true), SHAPE)).toEqual({ row: 3, column: 1 });
    expect(moved({ row: 2, column: 1 }, key('Home'), SHAPE)).toEqual({ row: 2, column: 0 });
    expect(moved({ row: 2, column: 1 }, key('End', true), SHAPE)).toEqual({ row: 3, column: 2 });
    expect(moved({ row: 2, column: 1 }, key('Tab'), SHAPE)).toBeUndefined();
  });
});
