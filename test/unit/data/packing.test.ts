import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { describe, expect, test } from 'vitest';
import { attentionMask, MASKED, type MaskRange } from '../../../src/engine/data/attentionMask';
import { buildRows, packRows } from '../../../src/engine/data/packing';

interface Case {
  readonly rowLength: number;
  readonly examples: { tokens: Int32Array; labels: Int32Array }[];
}

/** Random examples whose token ids are unique over the whole case, so that each can be traced. */
function randomCase(seed: number): Case {
  const random = xoroshiro128plus(seed);
  const rowLength = uniformInt(random, 1, 40);
  let next = 1;
  const examples = Array.from({ length: uniformInt(random, 1, 60) }, () => {
    const tokens = Int32Array.from({ length: uniformInt(random, 1, rowLength) }, () => next++);
    const labels = tokens.map((id) => (uniformInt(random, 0, 2) === 0 ? -100 : id + 100_000));
    return { tokens, labels };
  });
  return { rowLength, examples };
}

const cases = Array.from({ length: 200 }, (_, seed) => randomCase(seed));
const lengthsOf = ({ examples }: Case): number[] => examples.map(({ tokens }) => tokens.length);

test('packing loses nothing, repeats nothing, and no row is over its capacity', () => {
  for (const sample of cases) {
    const lengths = lengthsOf(sample);
    const rows = packRows(lengths, sample.rowLength);
    expect(rows.flat().sort((a, b) => a - b)).toEqual(lengths.map((_, index) => index));
    for (const row of rows) {
      expect(row.reduce((sum, index) => sum + lengths[index]!, 0)).toBeLessThanOrEqual(sample.rowLength);
    }
    expect(packRows(lengths, sample.rowLength)).toEqual(rows);
  }
});

test('packing fills more than half of its rows', () => {
  for (const sample of cases) {
    const lengths = lengthsOf(sample);
    const least = Math.ceil(lengths.reduce((a, b) => a + b, 0) / sample.rowLength);
    // The bound is by the optimum, which is at least `least` and at least the examples longer than half a row.
    const long = lengths.filter((length) => 2 * length > sample.rowLength).length;
    const rows = packRows(lengths, sample.rowLength).length;
    expect(rows).toBeGreaterThanOrEqual(Math.max(least, long));
    expect(rows).toBeLessThanOrEqual(2 * Math.max(least, long));
  }
});

test('the best fit is taken: the fullest row with room', () => {
  expect(packRows([6, 5, 4, 3, 2], 10)).toEqual([
    [0, 2],
    [1, 3, 4],
  ]);
  expect(packRows([3, 3, 3], 3)).toEqual([[0], [1], [2]]);
  expect(packRows([], 8)).toEqual([]);
});

test('an example that fits no row is a bug', () => {
  expect(() => packRows([9], 8)).toThrow(RangeError);
  expect(() => packRows([0], 8)).toThrow(RangeError);
});

test('rows hold every example whole, with positions, segments and targets of its own', () => {
  for (const { rowLength, examples } of cases) {
    const rows = packRows(
      examples.map(({ tokens }) => tokens.length),
      rowLength,
    );
    const batch = buildRows(rows, examples, rowLength);
    expect(batch.rows).toBe(rows.length);
    let supervised = 0;
    let tokenCount = 0;
    rows.forEach((row, b) => {
      let at = b * rowLength;
      row.forEach((index, nth) => {
        const { tokens, labels } = examples[index]!;
        const length = tokens.length;
        expect(batch.tokens.subarray(at, at + length)).toEqual(tokens);
        expect([...batch.positions.subarray(at, at + length)].map(Number)).toEqual([...tokens.keys()]);
        expect(batch.segments.subarray(at, at + length).every((segment) => segment === nth + 1)).toBe(true);
        // The target of a position is the next label of the same example; the last position has none.
        expect([...batch.targets.subarray(at, at + length)]).toEqual([...labels.subarray(1), -100]);
        supervised += labels.subarray(1).filter((label) => label !== -100).length;
        tokenCount += length;
        at += length;
      });
      const end = (b + 1) * rowLength;
      expect(batch.tokens.subarray(at, end).every((id) => id === 0)).toBe(true);
      expect(batch.segments.subarray(at, end).every((segment) => segment === 0)).toBe(true);
      expect(batch.targets.subarray(at, end).every((target) => target === -100)).toBe(true);
    });
    expect(batch).toMatchObject({ supervised, tokenCount });
  }
});

test('a row that does not hold its examples is a bug', () => {
  const example = { tokens: Int32Array.of(1, 2, 3), labels: Int32Array.of(1, 2, 3) };
  expect(() => buildRows([[0, 0]], [example], 5)).toThrow(/row 0 is longer than 5/);
  expect(() => buildRows([[1]], [example], 5)).toThrow(/names example 1 of 1/);
});

describe('the attention mask', () => {
  const segments = Int32Array.of(1, 1, 2, 2, 2, 0, 0, 1, 0, 0, 0, 0, 0, 0);

  test.each<[string, MaskRange]>([
    ['of all queries', { start: 0, end: 7 }],
    ['of some, and of the keys before their end', { start: 3, end: 6 }],
    ['with a window', { start: 2, end: 7, window: 2 }],
  ])('%s lets a position see its own example up to itself, and padding itself', (_what, range) => {
    const { start, end, window = 7 } = range;
    const mask = attentionMask(segments, 7, range);
    expect(mask).toHaveLength(2 * (end - start) * end);
    for (let b = 0; b < 2; b++) {
      for (let t = start; t < end; t++) {
        for (let s = 0; s < end; s++) {
          const [query, key] = [segments[b * 7 + t]!, segments[b * 7 + s]!];
          const visible = query === 0 ? s === t : key === query && s <= t && s > t - window;
          expect(mask[(b * (end - start) + t - start) * end + s]).toBe(visible ? 0 : Math.fround(MASKED));
        }
      }
    }
  });
});
