import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { describe, expect, it } from 'vitest';
import { Column } from '../../../src/host/panels/series/column';
import { ExtremaPyramid } from '../../../src/host/panels/series/extremaPyramid';
import { Series } from '../../../src/host/panels/series/series';
import { MovingAverage, SmoothedSeries } from '../../../src/host/panels/series/smoothing';

function random(seed: number): () => number {
  const generator = xoroshiro128plus(seed);
  return () => uniformFloat64(generator);
}

/** A noisy curve with spikes and gaps on an axis of uneven steps. */
function curve(count: number, seed: number, gaps = 0.02) {
  const next = random(seed);
  const x = new Column();
  const series = new Series();
  const points: { x: number; y: number }[] = [];
  let place = 0;
  for (let index = 0; index < count; index++) {
    place += next() < 0.1 ? 0 : next() * 3; // some places are shared
    const y = next() < gaps ? NaN : (next() < 0.001 ? 100 : 1) * (next() - 0.3);
    x.push(place);
    series.push(y);
    points.push({ x: place, y });
  }
  return { x, series, points };
}

describe('the pyramid of extremes', () => {
  it('finds the extremes of any range where a scan does', () => {
    const { points } = curve(5000, 1, 0.3);
    const values = new Column();
    const pyramid = new ExtremaPyramid(values);
    for (const { y } of points) {
      values.push(y);
      pyramid.append();
    }
    const next = random(2);
    for (let trial = 0; trial < 2000; trial++) {
      const from = Math.floor(next() * 5000);
      const to = from + Math.floor(next() ** 3 * (5000 - from));
      const numbers = points.slice(from, to).map(({ y }) => y).filter((y) => !Number.isNaN(y)); // prettier-ignore
      const found = pyramid.extrema(from, to);
      if (numbers.length === 0) {
        expect(found).toBeUndefined();
      } else {
        expect(values.at(found!.least)).toBe(Math.min(...numbers));
        expect(values.at(found!.greatest)).toBe(Math.max(...numbers));
        expect(found!.least).toBeGreaterThanOrEqual(from);
        expect(found!.greatest).toBeLessThan(to);
      }
    }
  });
});

describe('a window of a series', () => {
  const { x, series, points } = curve(20_000, 3);
  const whole = { from: 0, to: x.last() };
  const next = random(4);
  const spans = [whole, { from: -50, to: 1e9 }, { from: 100, to: 100.5 }, { from: 1e9, to: 2e9 }];
  for (let trial = 0; trial < 30; trial++) {
    const from = next() * whole.to;
    spans.push({ from, to: from + next() ** 4 * whole.to });
  }

  it.each([1, 7, 300, 4000])(
    'holds at most two points a pixel column and a neighbour on either side, %i columns',
    (columns) => {
      for (const span of spans) expect(series.window(x, span, columns).x.length).toBeLessThanOrEqual(2 * columns + 2);
    },
  );

  it('holds the least and the greatest value of every pixel column, at their places', () => {
    const columns = 300;
    for (const span of spans) {
      const window = series.window(x, span, columns);
      const width = (span.to - span.from) / columns;
      const inside = points.filter((point) => point.x >= span.from && point.x <= span.to && !Number.isNaN(point.y));
      const drawn = new Set(Array.from(window.x, (place, index) => `${place} ${window.y[index]}`));
      for (let column = 0; column < columns; column++) {
        const isLast = column === columns - 1;
        const from = span.from + column * width;
        const to = isLast ? Infinity : span.from + (column + 1) * width;
        const values = inside.filter((point) => point.x >= from && point.x < to);
        if (values.length === 0) continue;
        const least = values.reduce((a, b) => (b.y < a.y ? b : a));
        const greatest = values.reduce((a, b) => (b.y > a.y ? b : a));
        expect(drawn).toContain(`${least.x} ${least.y}`);
        expect(drawn).toContain(`${greatest.x} ${greatest.y}`);
      }
    }
  });

  it('runs from left to right and beyond the frame on both sides', () => {
    for (const span of spans) {
      const { x: places } = series.window(x, span, 300);
      expect(Array.from(places)).toEqual(Array.from(places).toSorted((a, b) => a - b));
    }
    const { x: places } = series.window(x, { from: 5000, to: 6000 }, 300);
    expect(places[0]).toBeLessThan(5000);
    expect(places.at(-1)).toBeGreaterThan(6000);
  });

  it('gives every point, gaps too, when they fit', () => {
    const window = series.window(x, { from: points[10]!.x, to: points[40]!.x }, 300);
    const indices = points.flatMap((point, index) =>
      point.x >= points[10]!.x && point.x <= points[40]!.x ? [index] : [],
    );
    const expected = points.slice(indices[0]! - 1, indices.at(-1)! + 2);
    expect(Array.from(window.x)).toEqual(expected.map((point) => point.x));
    expect(Array.from(window.y)).toEqual(expected.map((point) => point.y));
  });

  it('shows a stretch without any value as a gap at every zoom', () => {
    const places = new Column();
    const broken = new Series();
    for (let index = 0; index < 10_000; index++) {
      places.push(index);
      broken.push(index > 4000 && index < 6000 ? NaN : 1);
    }
    for (const columns of [10, 100, 20_000]) {
      const { x: at, y } = broken.window(places, { from: 0, to: 9999 }, columns);
      expect(Array.from(y).some((value, index) => Number.isNaN(value) && at[index]! > 4000 && at[index]! < 6000)).toBe(
        true,
      );
    }
  });

  it('draws a single-step spike in 100 000 points', () => {
    const places = new Column();
    const spiky = new Series();
    for (let index = 0; index < 100_000; index++) {
      places.push(index);
      spiky.push(index === 54_321 ? 9 : Math.sin(index));
    }
    const { x: at, y } = spiky.window(places, { from: 0, to: 99_999 }, 400);
    expect(at[y.indexOf(9)]).toBe(54_321);
  });
});

describe('a column', () => {
  it('finds the nearest of the values that never fall', () => {
    const column = new Column();
    expect(column.nearest(3)).toBe(-1);
    for (const value of [1, 2, 2, 5]) column.push(value);
    expect([-9, 1.4, 1.6, 3.4, 3.6, 99].map((value) => column.nearest(value))).toEqual([0, 0, 1, 2, 3, 3]);
  });
});

describe('smoothing', () => {
  it('is without bias: a constant stays what it is from the first step', () => {
    const average = new MovingAverage(0.99);
    for (let step = 0; step < 500; step++) expect(average.next(3.25)).toBeCloseTo(3.25, 10);
  });

  it('is the weighted mean Σ wᵗ⁻ⁱ vᵢ / Σ wᵗ⁻ⁱ, values that are no number left out', () => {
    const next = random(5);
    const average = new MovingAverage(0.9);
    const seen: number[] = [];
    for (let step = 0; step < 200; step++) {
      const value = next() < 0.1 ? NaN : next();
      const smoothed = average.next(value);
      if (Number.isNaN(value)) {
        expect(smoothed).toBeNaN();
        continue;
      }
      seen.push(value);
      const weights = seen.map((_, index) => 0.9 ** (seen.length - 1 - index));
      const total = weights.reduce((a, b) => a + b);
      expect(smoothed).toBeCloseTo(seen.reduce((sum, v, index) => sum + v * weights[index]!, 0) / total, 10);
    }
  });

  it('grows with its source', () => {
    const source = new Column();
    const smoothed = new SmoothedSeries(source, 0.5);
    expect(smoothed.current().values.length).toBe(0);
    for (const value of [4, 0, 0]) source.push(value);
    expect(smoothed.current().values.length).toBe(3);
    source.push(8);
    // 0.5·(0.5·(0.5·(0.5·4))) + 0.5·8 over 1 − 0.5⁴
    expect(smoothed.current().values.last()).toBeCloseTo((0.25 + 4) / (1 - 0.5 ** 4), 12);
  });
});
