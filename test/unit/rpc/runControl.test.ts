import { existsSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UserError } from '../../../src/config/userError';
import { openControlSocket, type ControlSocket } from '../../../src/engine/controlSocket';
import { connectRun, type RunConnection } from '../../../src/engine/rpc/runConnection';
import { RunControl } from '../../../src/engine/runControl';
import type { RunStatus } from '../../../src/run/status';

const running: RunStatus = {
  version: 1,
  state: 'running',
  error: null,
  activity: null,
  pid: process.pid,
  host: hostname(),
  socket: null,
  configurationFile: null,
  startedAt: '',
  updatedAt: '',
  step: 1,
  totalSteps: 2,
  epoch: 0,
  loss: null,
  validationLoss: null,
  tokensPerSecond: null,
  secondsLeft: null,
  trainableParameters: 1,
  device: null,
  checkpointStep: null,
  bestStep: null,
  bestLoss: null,
  stoppedEarly: false,
};

let control: RunControl;
let socket: ControlSocket;
let client: RunConnection;

beforeEach(async () => {
  control = new RunControl();
  socket = await openControlSocket(control);
  client = await connectRun({ ...running, socket: socket.address });
});

afterEach(() => {
  client.dispose();
  socket.close();
});

/** Waits as the training loop does; says what happened in order. */
function loop(events: string[]): Promise<void> {
  const asked = async (): Promise<void> => {
    if (control.saveRequested) events.push('saved');
    if (control.sampleRequested) events.push('sampled');
    control.saved();
    control.sampled();
  };
  return control.waitWhilePaused(() => void events.push('paused'), asked).then(() => void events.push('went on'));
}

describe('control of a run over its socket', () => {
  it('pauses at the next question of the loop and goes on when resumed', async () => {
    const events: string[] = [];
    await loop(events);
    await client.pause();
    const waiting = loop(events);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(events).toEqual(['went on', 'paused']);
    await client.resume();
    await waiting;
    expect(events).toEqual(['went on', 'paused', 'went on']);
  });

  it('stops also while paused', async () => {
    await client.pause();
    const waiting = loop([]);
    await client.stop();
    await waiting;
    expect(control.stopRequested).toBe(true);
  });

  it('saves and samples while paused, and stays paused', async () => {
    const events: string[] = [];
    control.takeSamples();
    await client.pause();
    const waiting = loop(events);
    await client.save();
    await expect.poll(() => events).toEqual(['paused', 'saved']);
    await client.sample();
    await expect.poll(() => events).toEqual(['paused', 'saved', 'sampled']);
    await client.resume();
    await waiting;
    expect(events.at(-1)).toBe('went on');
  });

  it('refuses samples with the reason of the run, and takes them when it can make them', async () => {
    await expect(client.sample()).rejects.toThrow(/has not begun to train/);
    control.takeSamples(new UserError('there is no tokenizer'));
    await expect(client.sample()).rejects.toThrow(new UserError('there is no tokenizer'));
    expect(control.sampleRequested).toBe(false);
    control.takeSamples();
    await client.sample();
    expect(control.sampleRequested).toBe(true);
  });

  it('asks for a checkpoint once', async () => {
    await client.save();
    expect(control.saveRequested).toBe(true);
    control.saved();
    expect(control.saveRequested).toBe(false);
  });

  it('takes orders from several clients', async () => {
    const other = await connectRun({ ...running, socket: socket.address });
    await other.pause();
    other.dispose();
    await client.resume();
  });

  it.skipIf(process.platform === 'win32')('lets nobody else in, and leaves nothing behind', () => {
    expect(statSync(socket.address).mode & 0o777).toBe(0o600);
    expect(statSync(path.dirname(socket.address)).mode & 0o777).toBe(0o700);
    expect(Buffer.byteLength(socket.address)).toBeLessThan(104);
    socket.close();
    expect(existsSync(path.dirname(socket.address))).toBe(false);
  });
});

describe('connectRun', () => {
  it.each<[string, Partial<RunStatus>, RegExp]>([
    ['a run that has ended', { state: 'finished' }, /has ended/],
    ['a run on another machine', { host: 'elsewhere' }, /is on elsewhere/],
    ['a run without a socket', { socket: null }, /takes no orders yet/],
    ['a socket nobody listens at', { socket: '/no/such/socket' }, /does not answer at \/no\/such\/socket/],
  ])('refuses %s with a sentence', async (_, change, message) => {
    await expect(connectRun({ ...running, ...change })).rejects.toThrow(message);
  });
});
