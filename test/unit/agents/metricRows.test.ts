import { describe, expect, it } from 'vitest';
import { MetricRows } from '../../../src/agents/metricRows';
import type { StepMetric } from '../../../src/run/metrics';

function metric(step: number, loss: number | null): StepMetric {
  const rest = { epoch: 0, tokens: 1, supervisedTokens: 1, residentBytes: 1, seconds: step };
  return { kind: 'step', step, loss, learningRate: step / 1000, gradNorm: 2 * step, tokensPerSecond: 10, ...rest };
}

function rowsOf(limit: number, losses: readonly (number | null)[]): MetricRows {
  const rows = new MetricRows(limit);
  for (const [index, loss] of losses.entries()) rows.add(metric(index + 1, loss));
  return rows;
}

describe('rows over the steps of a run', () => {
  it('are the steps themselves while they fit', () => {
    const rows = rowsOf(4, [4, 3, 2, 1]);
    expect(rows.stepsPerRow).toBe(1);
    expect(rows.rows().map(({ from, to, loss }) => [from, to, loss])).toEqual([
      [1, 1, 4],
      [2, 2, 3],
      [3, 3, 2],
      [4, 4, 1],
    ]);
  });

  it('cover every step once, never more rows than the limit, each but the last equally wide', () => {
    for (const count of [1, 5, 9, 64, 65, 1000, 12345]) {
      const rows = rowsOf(
        8,
        Array.from({ length: count }, (_, index) => index),
      );
      const listed = rows.rows();
      expect(listed.length).toBeLessThanOrEqual(8);
      expect(listed[0]!.from).toBe(1);
      expect(listed.at(-1)!.to).toBe(count);
      for (const [index, row] of listed.entries()) {
        if (index > 0) expect(row.from).toBe(listed[index - 1]!.to + 1);
        if (index < listed.length - 1) expect(row.to - row.from + 1).toBe(rows.stepsPerRow);
        // The losses are 0, 1, 2, …: their mean over a stretch is that of its ends.
        expect(row.loss).toBeCloseTo((row.from + row.to) / 2 - 1, 9);
      }
    }
  });

  it('keep a spike of a single step, and count losses that are no numbers', () => {
    const losses = Array.from({ length: 1000 }, (_, index) => (index === 700 ? 99 : index < 300 ? null : 1));
    const rows = rowsOf(10, losses).rows();
    expect(Math.max(...rows.map(({ greatestLoss }) => greatestLoss ?? 0))).toBe(99);
    const spiked = rows.find(({ greatestLoss }) => greatestLoss === 99)!;
    expect(spiked.from).toBeLessThanOrEqual(701);
    expect(spiked.to).toBeGreaterThanOrEqual(701);
    expect(rows.reduce((sum, { notFinite }) => sum + notFinite, 0)).toBe(300);
    expect(rows[0]).toMatchObject({ loss: null, leastLoss: null, greatestLoss: null });
  });

  it('pass over a step that is not later than the last', () => {
    const rows = new MetricRows(4);
    for (const step of [1, 2, 2, 1, 3]) rows.add(metric(step, step));
    expect(rows.rows().map(({ from }) => from)).toEqual([1, 2, 3]);
  });
});
