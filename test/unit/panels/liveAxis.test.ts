import { describe, expect, it } from 'vitest';
import { liveEnd, liveSpan } from '../../../src/host/protocol/liveAxis';

describe('an axis that follows a run', () => {
  it('ends at the newest place or up to a 64th of its width further', () => {
    for (const newest of [1, 2, 812, 99_999, 100_000, 0.37, 123_456.789]) {
      for (const width of [newest, newest / 3, 3 * newest]) {
        const room = liveEnd(newest, width) - newest;
        expect(room).toBeGreaterThanOrEqual(0);
        expect(room).toBeLessThanOrEqual(width / 64);
      }
    }
  });

  it('stays for most steps of a long run', () => {
    const ends = new Set(Array.from({ length: 10_000 }, (_, step) => liveEnd(100_000 + step, 99_999 + step)));
    expect(ends.size).toBeLessThanOrEqual(12);
  });

  it('keeps its width while it follows', () => {
    const { from, to } = liveSpan(5003, 300);
    expect(to).toBe(5004); // steps of 512 / 128
    expect(to - from).toBe(300);
  });

  it('ends at the newest place when there is nothing yet to be wide', () => {
    expect(liveEnd(5, 0)).toBe(5);
  });
});
