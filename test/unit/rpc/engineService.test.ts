import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { UserError } from '../../../src/config/userError';
import type { EngineService } from '../../../src/engine/rpc/engineService';
import { startEngineService } from '../../../src/engine/rpc/startEngineService';
import { processIsAlive } from '../../../src/run/status';

const engine = path.join(import.meta.dirname, 'fakeEngine.mjs');
const open: EngineService[] = [];

function start(options: { node?: string; env?: NodeJS.ProcessEnv; onLog?: (text: string) => void } = {}) {
  const service = startEngineService({ node: process.execPath, engine, ...options });
  open.push(service);
  return service;
}

/** The fake engine answers a plan with facts about its process. */
async function askPid(service: EngineService, file = 'x'): Promise<{ pid: number; env: NodeJS.ProcessEnv }> {
  const answer: unknown = await service.plan({ configuration: {}, file, examples: 0 });
  return answer as { pid: number; env: NodeJS.ProcessEnv };
}

const generation = { model: 'm', prompt: 'a', maxTokens: 3, temperature: 0, seed: 0 };

afterEach(() => {
  for (const service of open.splice(0)) service.dispose();
});

describe('the engine service', () => {
  it('surfaces what the user can mend as a UserError', async () => {
    const failure = await askPid(start(), 'user').catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(UserError);
    expect((failure as Error).message).toBe('mend the file');
  });

  it('surfaces a bug of the engine with the stack it had there', async () => {
    const failure = (await askPid(start(), 'bug').catch((error: unknown) => error)) as Error;
    expect(failure).not.toBeInstanceOf(UserError);
    expect(failure.stack).toBe('Error: a bug\n    at here');
  });

  it('rejects what is open when the process dies, says what it printed last, and starts another on the next request', async () => {
    const service = start();
    const first = await askPid(service);
    await expect(askPid(service, 'crash')).rejects.toThrow(/ended unexpectedly \(exit code 7\):\nabout to crash/);
    const second = await askPid(service);
    expect(second.pid).not.toBe(first.pid);
  });

  it('gives the text of two generations side by side each to its own listener', async () => {
    const service = start();
    const texts = { a: '', b: '' };
    await Promise.all([
      service.generate({ ...generation, prompt: 'a' }, (text) => (texts.a += text)),
      service.generate({ ...generation, prompt: 'b' }, (text) => (texts.b += text)),
    ]);
    expect(texts).toEqual({ a: 'a0 a1 a2 ', b: 'b0 b1 b2 ' });
  });

  it('cancels in the engine and rejects with the reason of the signal', async () => {
    const controller = new AbortController();
    const pending = start().generate({ ...generation, maxTokens: 1e6 }, () => controller.abort(), controller.signal);
    await expect(pending).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('names the program when there is none to run the engine with', async () => {
    const failure = await askPid(start({ node: '/no/such/node' })).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(UserError);
    expect((failure as Error).message).toContain('/no/such/node');
  });

  it('keeps the options of a debugger out of the engine', async () => {
    const env = { ...process.env, NODE_OPTIONS: '--title=spied', SOMETHING: 'else' };
    const facts = await askPid(start({ env }));
    expect(facts.env.NODE_OPTIONS).toBeUndefined();
    expect(facts.env.SOMETHING).toBe('else');
  });

  it('ends the process when disposed', async () => {
    const service = start();
    const { pid } = await askPid(service);
    service.dispose();
    await expect.poll(() => processIsAlive(pid), { timeout: 5000 }).toBe(false);
    await expect(askPid(service)).rejects.toThrow(/disposed/);
  });
});
