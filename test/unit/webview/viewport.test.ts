import { describe, expect, it } from 'vitest';
import { panned, zoomed } from '../../../webview/shared/chart/viewport';
import { rangeOf, restoredView, FIRST_VIEW } from '../../../webview/run/viewState';
import { moveBy } from '../../../webview/rank/gridKeys';

const limits = { from: 0, to: 100 };

describe('zooming and panning', () => {
  it('keeps the place under the pointer where it is', () => {
    expect(zoomed({ from: 20, to: 60 }, 0.5, 30, limits)).toEqual({ from: 25, to: 45 });
  });

  it('ends at the data', () => {
    expect(zoomed({ from: 20, to: 60 }, 9, 30, limits)).toEqual(limits);
    expect(zoomed({ from: 0, to: 20 }, 1.5, 20, limits)).toEqual({ from: 0, to: 30 });
    expect(panned({ from: 70, to: 90 }, 50, limits)).toEqual({ from: 80, to: 100 });
    expect(panned({ from: 70, to: 90 }, -500, limits)).toEqual({ from: 0, to: 20 });
  });

  it('goes on following a live run when it reaches the newest point', () => {
    expect(rangeOf({ from: 60, to: 100 }, limits, true)).toEqual({ kind: 'trailing', width: 40 });
    expect(rangeOf({ from: 60, to: 100 }, limits, false)).toEqual({ kind: 'fixed', from: 60, to: 100 });
    expect(rangeOf({ from: 60, to: 90 }, limits, true)).toEqual({ kind: 'fixed', from: 60, to: 90 });
    expect(rangeOf(limits, limits, true)).toEqual({ kind: 'all' });
  });
});

describe('the saved view', () => {
  it('comes back as it was', () => {
    const view = { ...FIRST_VIEW, axis: 'tokens', range: { kind: 'trailing', width: 3 }, overlays: ['a'] } as const;
    expect(restoredView({ root: 'r', view: JSON.parse(JSON.stringify(view)) })).toEqual(view);
  });

  it.each([undefined, null, 1, {}, { view: null }, { view: { axis: 'x', range: { kind: 'fixed', from: 2, to: 1 } } }])(
    'is the first view when %j was saved',
    (saved) => expect(restoredView(saved)).toEqual(FIRST_VIEW),
  );
});

describe('keys in the heat map', () => {
  it('move within the grid and not out of it', () => {
    const press = (key: string, ctrlKey = false) => moveBy({ key, ctrlKey }, 1, 1, 12, 7);
    expect(press('ArrowUp')).toEqual({ row: 0, column: 1 });
    expect(press('ArrowRight')).toEqual({ row: 1, column: 2 });
    expect(press('PageUp')).toEqual({ row: 0, column: 1 });
    expect(press('End')).toEqual({ row: 1, column: 6 });
    expect(press('End', true)).toEqual({ row: 11, column: 6 });
    expect(press('Tab')).toBeUndefined();
  });
});
