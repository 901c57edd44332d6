import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { hasSharedHeap, sharedHeapEnvironment } from '../../../src/engine/rpc/sharedHeap';

describe('a heap that all programs share', () => {
  it('is asked of glibc alone, and this process was started without it', () => {
    expect(sharedHeapEnvironment('win32')).toEqual({});
    expect(sharedHeapEnvironment('darwin')).toEqual({});
    expect(hasSharedHeap()).toBe(false);
  });

  it.runIf(process.platform === 'linux')('keeps what is freed, where a process would give it back', () => {
    const program = `
      const { readFileSync } = require('node:fs');
      const resident = () => Number(/VmRSS:\\s*(\\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]) / 1024;
      let memory = Buffer.allocUnsafeSlow(256 << 20).fill(1);
      memory = undefined;
      global.gc();
      setTimeout(() => console.log(resident()), 100);`;
    const residentMiB = (env: Readonly<Record<string, string>>): number =>
      Number(spawnSync(process.execPath, ['--expose-gc', '-e', program], { env: { ...process.env, ...env } }).stdout);
    expect(residentMiB({})).toBeLessThan(200);
    expect(residentMiB(sharedHeapEnvironment('linux'))).toBeGreaterThan(256);
  });

  it.runIf(givesLargePages())('is of large pages, so that few have to be touched', () => {
    const program = `
      Buffer.allocUnsafeSlow(256 << 20).fill(1);
      console.log(process.resourceUsage().minorPageFault);`;
    const faults = (env: Readonly<Record<string, string>>): number =>
      Number(spawnSync(process.execPath, ['-e', program], { env: { ...process.env, ...env } }).stdout);
    expect(faults(sharedHeapEnvironment('linux'))).toBeLessThan(faults({}) / 4);
  });

  it.runIf(process.platform === 'linux')('grows wherever V8 lays its code', () => {
    // 256 MiB in 64 pieces. Where each is a region of its own, with pages of 2 MiB it takes half as much again.
    const program = `
      const { readFileSync } = require('node:fs');
      const peak = () => Number(/VmHWM:\\s*(\\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]) / 1024;
      const before = peak();
      const pieces = Array.from({ length: 64 }, () => Buffer.allocUnsafeSlow(4 << 20).fill(1));
      console.log(peak() - before, pieces.length);`;
    const env = { ...process.env, ...sharedHeapEnvironment('linux') };
    // V8 chooses at random.
    const taken = Array.from({ length: 8 }, () =>
      parseFloat(spawnSync(process.execPath, ['-e', program], { env }).stdout.toString()),
    );
    expect(Math.max(...taken)).toBeLessThan(300);
    expect(Math.min(...taken)).toBeGreaterThan(250);
  });
});

/** Whether Linux gives pages of 2 MiB on request, and glibc is new enough to ask. */
function givesLargePages(): boolean {
  if (process.platform !== 'linux') return false;
  const { header } = process.report.getReport() as { readonly header: { readonly glibcVersionRuntime?: string } };
  const [major = 0, minor = 0] = (header.glibcVersionRuntime ?? '').split('.').map(Number);
  const file = '/sys/kernel/mm/transparent_hugepage/enabled';
  return (
    (major > 2 || (major === 2 && minor >= 35)) && existsSync(file) && readFileSync(file, 'utf8').includes('[madvise]')
  );
}
