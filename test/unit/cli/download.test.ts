import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Speed } from '../../../src/cli/downloadReporter';
import { downloadBlock, downloadLine } from '../../../src/cli/downloadText';
import { trainReporter } from '../../../src/cli/trainReporters';
import type { DownloadProgress } from '../../../src/engine/rpc/download';
import { runStatus } from '../../support/runStatus';

const MIB = 1024 ** 2;
const terminal = { live: true, colour: false, columns: 100 };

const progress: DownloadProgress = {
  kind: 'downloading',
  file: 'model.safetensors',
  bytes: 100 * MIB,
  size: 400 * MIB,
  done: 150 * MIB,
  total: 500 * MIB,
};

describe('a download', () => {
  it('is one line in a log', () => {
    expect(downloadLine({ progress, speed: 5 * MIB })).toBe(
      '30 %  150 MiB of 500 MiB  5.00 MiB/s  1 min 10 s left  model.safetensors',
    );
    expect(downloadLine({ progress, speed: undefined })).toBe('30 %  150 MiB of 500 MiB  model.safetensors');
  });

  it('is a block of two lines on a terminal', () => {
    expect(downloadBlock('org/name', { progress, speed: 5 * MIB }, terminal).split('\n')).toEqual([
      'org/name  model.safetensors, 25 % of 400 MiB',
      `${'█'.repeat(12)}${'░'.repeat(28)}  30 %  150 MiB of 500 MiB  5.00 MiB/s  1 min 10 s left`,
    ]);
  });

  it('says that it waits for another', () => {
    const waiting = { progress: { kind: 'waiting' }, speed: undefined } as const;
    expect(downloadLine(waiting)).toBe('another process downloads this model; waiting for it');
    expect(downloadBlock('org/name', waiting, terminal)).toMatch(/^org\/name {2}another process/);
  });

  it('is as fast as it was over the last seconds', () => {
    const speed = new Speed();
    const after = (done: number, now: number): number | undefined => speed.after({ ...progress, done }, now);
    expect(after(0, 0)).toBeUndefined();
    expect(after(1000, 1000)).toBe(1000);
    for (let second = 2; second <= 20; second++) after(1000 + 5000 * (second - 1), 1000 * second);
    expect(after(101_000, 21_000)).toBe(5000);
    expect(after(10, 22_000)).toBeUndefined(); // it began anew
  });
});

describe('a run whose model is downloaded first, in a log', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
  afterEach(() => void vi.useRealTimers());

  it('says what it is busy with now and then, until the first step', () => {
    const lines: string[] = [];
    const reporter = trainReporter('name', false, { ...terminal, live: false }, (line) => lines.push(line));
    for (let second = 1; second <= 12; second++) {
      vi.advanceTimersByTime(1000);
      reporter.status(runStatus({ state: 'starting', activity: `downloading model.safetensors, ${second} %` }));
    }
    expect(lines).toEqual(['downloading model.safetensors, 6 %', 'downloading model.safetensors, 12 %']);
  });
});
