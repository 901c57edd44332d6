import { describe, expect, it } from 'vitest';
import type { JsonObject, MeasureNews } from '../../../src/host/protocol/form';
import { heard, isStale, NOT_MEASURED, type KnownMeasurement } from '../../../webview/form/measurements';
import { memoryBarParts } from '../../../webview/form/memoryParts';

const values = {
  model: 'm',
  data: { train: 'a.jsonl', maxLength: 64, fields: { prompt: 'q', completion: 'a' } },
  adapter: { method: 'mora', mode: 'rotation', rank: 8, layers: 'all' },
  training: { batchSize: 8, learningRate: 1e-3 },
  compute: { device: 'auto' },
} satisfies JsonObject;

const measured = { ...NOT_MEASURED, of: values } as KnownMeasurement<never>;

const changed = (part: keyof typeof values, change: JsonObject): JsonObject => ({
  ...values,
  [part]: { ...(values[part] as JsonObject), ...change },
});

describe('a measurement in the form', () => {
  const running: MeasureNews<number> = { kind: 'running', activity: 'loading', share: 0.5 };
  const done: MeasureNews<number> = { kind: 'done', result: 3, of: values };

  it('keeps its result while it is made anew, and when that is cancelled or fails', () => {
    const first = heard(NOT_MEASURED as KnownMeasurement<number>, done);
    const again = heard(first, running);
    expect(again).toMatchObject({ result: 3, running: { activity: 'loading', share: 0.5 } });
    expect(heard(again, { kind: 'cancelled' })).toEqual(first);
    expect(heard(again, { kind: 'failed', message: 'no memory' })).toEqual({ ...first, error: 'no memory' });
    expect(heard(heard(again, { kind: 'failed', message: 'no memory' }), running).error).toBeUndefined();
  });

  it('of scores holds while only the adapter changes, and no longer when model or data do', () => {
    expect(isStale(measured, changed('adapter', { method: 'lora', rank: 2 }), 'scores')).toBe(false);
    expect(isStale(measured, changed('training', { learningRate: 1 }), 'scores')).toBe(false);
    expect(isStale(measured, { ...values, model: 'other' }, 'scores')).toBe(true);
    expect(isStale(measured, changed('data', { train: 'b.jsonl' }), 'scores')).toBe(true);
    expect(isStale(measured, changed('data', { maxLength: 65 }), 'scores')).toBe(true);
  });

  it('of a proposal holds for its method, whichever cells are chosen meanwhile', () => {
    expect(isStale(measured, changed('adapter', { layers: '0-1', rank: 12 }), 'proposal')).toBe(false);
    expect(isStale(measured, changed('adapter', { mode: 'sharing' }), 'proposal')).toBe(true);
  });

  it('of steps holds while only what takes no time changes', () => {
    expect(isStale(measured, changed('training', { learningRate: 1, steps: 900 }), 'steps')).toBe(false);
    expect(isStale(measured, changed('training', { batchSize: 9 }), 'steps')).toBe(true);
    expect(isStale(measured, changed('adapter', { rank: 9 }), 'steps')).toBe(true);
    expect(isStale(measured, changed('compute', { device: 'cpu' }), 'steps')).toBe(true);
  });

  it('does not mind the order of keys, and nothing is stale before it is measured', () => {
    const turned = changed('data', { fields: { completion: 'a', prompt: 'q' } });
    expect(isStale(measured, turned, 'steps')).toBe(false);
    expect(isStale(NOT_MEASURED, values, 'steps')).toBe(false);
  });
});

describe('the bar of memory', () => {
  const memory = {
    ...{ weights: 40, activations: 30, adapter: 10, optimizer: 15, working: 5, total: 100 },
    ...({ machine: 1000, blocks: 'memory', rows: 1 } as const),
  };

  it('puts the parts one after the other against what is free', () => {
    const { parts, free, length } = memoryBarParts({ ...memory, available: 400 });
    expect(length).toBe(400);
    expect(free).toBe(1);
    expect(parts.map(({ part, from }) => [part, Math.round(400 * from)])).toEqual([
      ['weights', 0],
      ['activations', 40],
      ['adapter', 70],
      ['optimizer', 80],
      ['working', 95],
    ]);
  });

  it('is as long as what is needed where that is more, and says where what is free ends', () => {
    const { parts, free } = memoryBarParts({ ...memory, available: 50 });
    expect(free).toBe(0.5);
    const last = parts.at(-1);
    expect((last?.from ?? 0) + (last?.width ?? 0)).toBeCloseTo(1, 12);
  });
});
