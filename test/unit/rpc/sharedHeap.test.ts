import { spawnSync } from 'node:child_process';
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
});
