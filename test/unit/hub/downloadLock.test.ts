import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { withLock } from '../../../src/engine/hub/downloadLock';

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'mora-lock-'));
  file = path.join(folder, 'locks', 'mora.lock');
});

afterEach(() => rm(folder, { recursive: true }));

const options = { signal: new AbortController().signal, onWait: () => undefined };

it('lets one work at a time, and leaves nothing behind', async () => {
  let working = 0;
  let most = 0;
  const work = async (): Promise<void> => {
    most = Math.max(most, ++working);
    await sleep(30);
    working--;
  };
  await Promise.all(Array.from({ length: 4 }, () => withLock(file, options, work)));
  expect(most).toBe(1);
  expect(await readdir(path.dirname(file))).toEqual([]);
});

it('is given back when the work fails', async () => {
  await expect(withLock(file, options, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(existsSync(file)).toBe(false);
});

it('is taken over at once from a process that is gone', async () => {
  const pid = Number(execFileSync(process.execPath, ['-e', 'console.log(process.pid)'], { encoding: 'utf8' }));
  await withLock(file, options, async () => {
    await writeFile(file, JSON.stringify({ pid, host: hostname(), id: 'dead' }));
    await withLock(file, options, async () => {
      expect(await readFile(file, 'utf8')).toContain(String(process.pid));
    });
  });
});

it('is taken over from another machine that no longer touches it, and not from one that does', async () => {
  const theirs = JSON.stringify({ pid: 1, host: 'another-machine', id: 'x' });
  await withLock(file, options, () => writeFile(file, theirs));
  expect(await readFile(file, 'utf8')).toBe(theirs); // not ours any more, so not ours to remove
  const onWait = vi.fn();
  let touching = true;
  const taken = withLock(file, { ...options, onWait, staleMs: 2000 }, () => Promise.resolve(touching));
  for (let beat = 1; beat <= 10; beat++) {
    await sleep(250);
    await utimes(file, beat, beat); // by a clock that is far off
  }
  touching = false;
  expect(await taken).toBe(false);
  expect(onWait).toHaveBeenCalledTimes(1);
});

it('stops waiting when told to', async () => {
  const controller = new AbortController();
  await withLock(file, options, async () => {
    const waiting = withLock(file, { signal: controller.signal, onWait: () => controller.abort() }, () =>
      Promise.resolve(),
    );
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
  });
});
