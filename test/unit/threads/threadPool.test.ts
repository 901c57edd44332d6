import { Worker } from 'node:worker_threads';
import { describe, expect, it, vi } from 'vitest';
import { FINISH_MS, REST_MS, ThreadPool } from '../../../src/engine/threads/threadPool';
import { useFakeTimers } from './fakeTimers';
import { spinningProgram, spinningTask } from './spinningTask';

const terminate = vi.spyOn(Worker.prototype, 'terminate');
const unref = vi.spyOn(Worker.prototype, 'unref');

useFakeTimers();

/** Waits until the pool has read what a thread said. */
async function heard(worker: Worker): Promise<void> {
  await new Promise((resolve) => worker.once('message', resolve));
}

describe('closed threads', () => {
  it('that are idle rest before they end, and keep no process alive meanwhile', async () => {
    const pool = new ThreadPool<SharedArrayBuffer, string>(spinningProgram, 1);
    const { memory, finish } = spinningTask();
    finish();
    expect(await pool.run(memory)).toBe('done');
    pool.close();
    expect(unref).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(REST_MS - 1);
    expect(terminate).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(terminate).toHaveBeenCalledTimes(1);
  });

  it('that work finish their task and rest; nobody waits for them, nor for what was still to come', async () => {
    const pool = new ThreadPool<SharedArrayBuffer, string>(spinningProgram, 1);
    const { memory, finish } = spinningTask();
    const working = pool.run(memory);
    const waiting = pool.run(memory);
    pool.close();
    await expect(working).rejects.toThrow('closed before they had answered');
    await expect(waiting).rejects.toThrow('closed before they had answered');
    expect(unref).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(2 * REST_MS);
    expect(terminate).not.toHaveBeenCalled();
    const said = heard(unref.mock.contexts[0] as Worker);
    finish();
    await said;
    vi.advanceTimersByTime(REST_MS - 1);
    expect(terminate).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(terminate).toHaveBeenCalledTimes(1);
  });

  it('that do not finish in time end all the same', async () => {
    const pool = new ThreadPool<SharedArrayBuffer, string>(spinningProgram, 1);
    const working = pool.run(spinningTask().memory);
    pool.close();
    await expect(working).rejects.toThrow('closed');
    vi.advanceTimersByTime(FINISH_MS - 1);
    expect(terminate).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(terminate).toHaveBeenCalledTimes(1);
  });

  it('take no more tasks', async () => {
    const pool = new ThreadPool<SharedArrayBuffer, string>(spinningProgram, 1);
    pool.close();
    await expect(pool.run(spinningTask().memory)).rejects.toThrow('closed');
  });
});
