import { describe, expect, it } from 'vitest';
import type { Line } from '../../../webview/shared/chart/lines';
import { changedFrom } from '../../../webview/shared/chart/newEnd';

const WIDTH = 5;

function line(y: readonly number[], change: Partial<Line> = {}): Line {
  return { label: '', color: 'red', width: 1, points: { x: y.map((_, index) => 10 * index), y }, ...change };
}

describe('what must be drawn again in the same frame', () => {
  const drawn = [line([0, 9, NaN, 2, 3])];

  it('is nothing when the same comes again', () => {
    expect(changedFrom(drawn, drawn, WIDTH)).toBe(Infinity);
    expect(changedFrom(drawn, [line([0, 9, NaN, 2, 3])], WIDTH)).toBe(Infinity);
  });

  it('begins at the last point that stayed, whether points came, went or changed', () => {
    expect(changedFrom(drawn, [line([0, 9, NaN, 2, 4])], WIDTH)).toBe(30);
    expect(changedFrom([line([1, 2, 3])], [line([1, 2, 3, 4])], WIDTH)).toBe(20);
    expect(changedFrom(drawn, [line([0, 9, NaN, 2])], WIDTH)).toBe(30);
    expect(changedFrom(drawn, [line([0, 9])], WIDTH)).toBe(10);
  });

  it('begins where the first of several lines changed', () => {
    const two = [line([0, 1, 2, 3]), line([5, 5, 5, 5])];
    expect(changedFrom(two, [line([0, 1, 2, 4]), line([5, 5, 6, 5])], WIDTH)).toBe(10);
  });

  it('is all when a line begins elsewhere, looks different or is another one', () => {
    expect(changedFrom(drawn, [line([1, 9, NaN, 2, 3])], WIDTH)).toBe(-Infinity);
    expect(changedFrom([line([])], drawn, WIDTH)).toBe(-Infinity);
    expect(changedFrom(drawn, [], WIDTH)).toBe(-Infinity);
    for (const change of [{ color: 'blue' }, { width: 2 }, { dash: [1] }, { dots: true }, { fill: 'red' }]) {
      expect(changedFrom(drawn, [line([0, 9, NaN, 2, 3], change)], WIDTH)).toBe(-Infinity);
    }
  });

  it('is all when a line gets more points than pixels, for then its corners are drawn otherwise', () => {
    expect(changedFrom(drawn, [line([0, 9, NaN, 2, 3, 4])], WIDTH)).toBe(-Infinity);
    expect(changedFrom([line([0, 9, 1, 2, 3, 4])], [line([0, 9, 1, 2, 3, 4, 5])], WIDTH)).toBe(50);
  });
});
