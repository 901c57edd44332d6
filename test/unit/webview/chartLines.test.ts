import { expect, test } from 'vitest';
import { extentOf, type Line } from '../../../webview/shared/chart/lines';

const line = (x: number[], y: number[]): Line => ({ label: '', color: '', width: 1, points: { x, y } });

test('the axis holds what is within the span of all lines, and nothing that has no place on it', () => {
  const lines = [line([0, 1, 2, 3], [9, 4, NaN, 5]), line([1.5, 2.5, 4], [-1, Infinity, 100])];
  expect(extentOf(lines, { from: 1, to: 3 }, false)).toEqual({ least: -1, greatest: 5 });
  expect(extentOf(lines, { from: 1, to: 3 }, true)).toEqual({ least: 4, greatest: 5 });
  expect(extentOf(lines, { from: 0, to: 4 }, false)).toEqual({ least: -1, greatest: 100 });
  expect(extentOf(lines, { from: 1.6, to: 2.9 }, false)).toBeUndefined();
  expect(extentOf([], { from: 0, to: 1 }, false)).toBeUndefined();
});
