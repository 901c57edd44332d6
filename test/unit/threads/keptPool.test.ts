import { Worker } from 'node:worker_threads';
import { describe, expect, it, vi } from 'vitest';
import { KeptPool } from '../../../src/engine/threads/keptPool';
import { ThreadPool } from '../../../src/engine/threads/threadPool';
import { useFakeTimers } from './fakeTimers';
import { spinningProgram, spinningTask } from './spinningTask';

const KEPT_MS = 20_000;
const ref = vi.spyOn(Worker.prototype, 'ref');
const unref = vi.spyOn(Worker.prototype, 'unref');
const terminate = vi.spyOn(Worker.prototype, 'terminate');

useFakeTimers();

function keptPool(): KeptPool<SharedArrayBuffer, string> {
  return new KeptPool(() => new ThreadPool<SharedArrayBuffer, string>(spinningProgram, 1), KEPT_MS);
}

/** Memory of a task that is done at once. */
function doneTask(): SharedArrayBuffer {
  const { memory, finish } = spinningTask();
  finish();
  return memory;
}

describe('kept threads', () => {
  it('are borrowed again, and keep no process alive between', async () => {
    const kept = keptPool();
    const pool = kept.borrow();
    await pool.run(doneTask());
    kept.giveBack(pool);
    expect(unref).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(KEPT_MS - 1);
    expect(kept.borrow()).toBe(pool);
    // Whoever borrows them may keep them as long as it likes.
    await vi.advanceTimersByTimeAsync(2 * KEPT_MS);
    expect(await pool.run(doneTask())).toBe('done');
    expect(terminate).not.toHaveBeenCalled();
    expect(ref.mock.contexts.at(-1)).toBe(unref.mock.contexts[0]);
    pool.close();
  });

  it('end when nobody borrows them for a while', async () => {
    const kept = keptPool();
    const pool = kept.borrow();
    await pool.run(doneTask());
    kept.giveBack(pool);
    await vi.runAllTimersAsync();
    expect(terminate).toHaveBeenCalledTimes(1);
    expect(kept.borrow()).not.toBe(pool);
  });

  it('belong to one borrower at a time', () => {
    const kept = keptPool();
    const [one, other] = [kept.borrow(), kept.borrow()];
    expect(other).not.toBe(one);
    kept.giveBack(one);
    kept.giveBack(other);
    expect(kept.borrow()).toBe(one);
    expect(kept.borrow()).not.toBe(other);
  });

  it('are closed when they still work', async () => {
    const kept = keptPool();
    const pool = kept.borrow();
    const working = pool.run(spinningTask().memory);
    kept.giveBack(pool);
    await expect(working).rejects.toThrow('closed');
    expect(kept.borrow()).not.toBe(pool);
  });
});
