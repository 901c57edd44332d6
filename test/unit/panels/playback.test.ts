import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Cell } from '../../../src/host/protocol/rankView';
import { nearestStep, placeIn } from '../../../webview/rank/place';
import { Playback } from '../../../webview/rank/playback';

describe('playing over the checkpoints', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('goes from the step shown to the last, and then follows the newest', () => {
    const shown: (number | null)[] = [];
    const playback = new Playback(
      (step) => shown.push(step),
      () => undefined,
    );
    playback.start([10, 20, 30, 40], 20);
    expect(playback.isPlaying).toBe(true);
    vi.runAllTimers();
    expect(shown).toEqual([20, 30, null]);
    expect(playback.isPlaying).toBe(false);
  });

  it('goes slower where motion is not wanted', () => {
    const shown: (number | null)[] = [];
    const playback = new Playback(
      (step) => shown.push(step),
      () => undefined,
      () => true,
    );
    playback.start([10, 20], 10);
    vi.advanceTimersByTime(1400);
    expect(shown).toEqual([10]);
    vi.advanceTimersByTime(200);
    expect(shown).toEqual([10, null]);
  });

  it('begins anew at the last step, and stops when told', () => {
    const shown: (number | null)[] = [];
    const playback = new Playback(
      (step) => shown.push(step),
      () => undefined,
    );
    playback.start([10, 20, 30], 30);
    playback.stop();
    vi.runAllTimers();
    expect(shown).toEqual([10]);
  });
});

describe('what the rank view shows beside a choice', () => {
  const cell = (layer: number, module: string, effectiveRank: number): Cell => ({
    ...{ layer, module, name: '', dIn: 8, dOut: 8, method: 'mora', parameters: 16, rankBound: 8, loraBound: 1 },
    ...{ effectiveRank, stableRank: 1, countAbove: 1, energyRank: 1, energyShare: 1, frobenius: 1 },
    ...{ relativeNorm: null, intruders: null, multiple: 1 },
  });
  const cells = [cell(0, 'q_proj', 3), cell(1, 'q_proj', 5), cell(1, 'v_proj', 4)];

  it('is the chosen module while it is there, else that of the highest effective rank', () => {
    expect(placeIn(cells, { layer: 1, module: 'v_proj' })).toEqual({ layer: 1, module: 'v_proj' });
    expect(placeIn(cells, { layer: 7, module: 'v_proj' })).toEqual({ layer: 1, module: 'q_proj' });
    expect(placeIn([], null)).toBeNull();
  });

  it('is the nearest step of the other source, and the last of one with the last of the other', () => {
    expect(nearestStep([100, 200, 300], 130, false)).toBe(100);
    expect(nearestStep([100, 200, 300], 130, true)).toBe(300);
    expect(nearestStep([], 130, false)).toBe(0);
  });
});
