import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UserError } from '../../../src/config/userError';
import { attachEngine, type AttachedEngine } from '../../../src/engine/rpc/attachEngine';
import { awaitingEngine } from '../../../src/engine/rpc/prepareRun';
import { processIsAlive, readStatus, writeStatus } from '../../../src/run/status';
import { runStatus } from '../../support/runStatus';

const engine = path.join(import.meta.dirname, 'fakeEngine.mjs');
let root: string;

beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'attached-'));
  await writeStatus(path.join(root, 'status.json'), runStatus(awaitingEngine()));
});

afterEach(() => rm(root, { recursive: true }));

async function planIn(attached: AttachedEngine, file: string): Promise<{ pid: number }> {
  const answer: unknown = await attached.plan({ configuration: {}, file, examples: 0 });
  return answer as { pid: number };
}

describe('an engine that plans and then trains', () => {
  it('does both in one process; the log of the run begins with the run', async () => {
    let told = '';
    const attached = attachEngine({ node: process.execPath, engine, onLog: (text) => (told += text) });
    const { pid } = await planIn(attached, 'print');
    await expect.poll(() => told).toBe('planning\n');
    const training = await attached.train(root);
    expect(training.pid).toBe(pid);
    await training.exited;
    expect(await readFile(path.join(root, 'log.txt'), 'utf8')).toBe(`training in ${root}\n`);
    expect(told).toBe('planning\n');
  });

  it('marks a run failed whose engine ended before it wrote a word', async () => {
    const training = await attachEngine({ node: process.execPath, engine }).train(root);
    expect(await training.exited).toEqual({ code: 3, signal: null });
    const status = await readStatus(path.join(root, 'status.json'));
    expect(status).toMatchObject({ state: 'failed', error: expect.stringContaining('exit code 3') });
  });

  it('marks a run failed whose engine ended after the plan', async () => {
    const attached = attachEngine({ node: process.execPath, engine });
    const { pid } = await planIn(attached, 'x');
    process.kill(pid, 'SIGKILL');
    await expect.poll(() => processIsAlive(pid), { timeout: 5000 }).toBe(false);
    const training = await attached.train(root);
    training.stop();
    expect(await training.exited).toEqual({ code: null, signal: 'SIGKILL' });
    expect(await readStatus(path.join(root, 'status.json'))).toMatchObject({ state: 'failed' });
  });

  it('names the program when there is none to run the engine with, and marks the run failed', async () => {
    const attached = attachEngine({ node: '/no/such/node', engine });
    await expect(planIn(attached, 'x')).rejects.toThrow(/^\/no\/such\/node: .*check the path of Node\.js\.$/);
    await expect(attached.train(root)).rejects.toBeInstanceOf(UserError);
    expect(await readStatus(path.join(root, 'status.json'))).toMatchObject({
      state: 'failed',
      error: expect.stringContaining('/no/such/node: there is no such program'),
    });
  });

  it('surfaces what the user can mend as a UserError, and says what it printed last when it dies', async () => {
    const attached = attachEngine({ node: process.execPath, engine });
    await expect(planIn(attached, 'user')).rejects.toBeInstanceOf(UserError);
    await expect(planIn(attached, 'crash')).rejects.toThrow(/ended unexpectedly \(exit code 7\):\nabout to crash/);
  });

  it('ends when there is nothing to train', async () => {
    const attached = attachEngine({ node: process.execPath, engine });
    const { pid } = await planIn(attached, 'x');
    attached.dispose();
    await expect.poll(() => processIsAlive(pid), { timeout: 5000 }).toBe(false);
  });
});
