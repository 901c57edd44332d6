import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { UserError, describeError } from '../config/userError';
import { runPaths } from '../run/runDirectory';
import { isActive, readStatus, writeStatus, type RunStatus } from '../run/status';
import { openControlSocket, type ControlSocket } from './controlSocket';
import type { AttachedMessage } from './rpc/protocol';
import { RunControl } from './runControl';

/** What a shell reports for a process that SIGINT ended. */
const INTERRUPTED = 130;

/**
 * Trains in a prepared run directory, takes orders meanwhile, and leaves in status.json how it ended.
 * Returns the exit code: 0 when the run finished or was stopped on request. Throws UserError when there is no run.
 */
export async function trainInProcess(folder: string): Promise<number> {
  const root = resolve(folder);
  const control = new RunControl();
  obeySignals(control);
  obeyParent(control);
  const { status } = runPaths(root);
  const first = await readStatus(status);
  if (first === undefined) {
    throw new UserError(`${root}: there is no run here (no readable status.json); start one with \`mora train\`.`);
  }
  const socket = await openSocketIfPossible(control);
  try {
    await writeStatus(status, {
      ...first,
      state: 'starting',
      activity: 'loading the model',
      pid: process.pid,
      host: hostname(),
      socket: socket?.address ?? null,
      updatedAt: new Date().toISOString(),
    });
    const { trainRun } = await import('./training/trainRun');
    await trainRun(root, control);
    await settle(status, (last) => (isActive(last.state) ? { state: 'finished' } : {}));
    return 0;
  } catch (error) {
    process.stderr.write(`${describeError(error, true)}\n`);
    await settle(status, () => ({ state: 'failed', error: sentence(error) }));
    return 1;
  } finally {
    socket?.close();
  }
}

/** The last word in status.json: no socket, no activity, and what `change` says of the state. */
async function settle(file: string, change: (last: RunStatus) => Partial<RunStatus>): Promise<void> {
  const last = await readStatus(file);
  if (last === undefined) return;
  const ended = { socket: null, activity: null, secondsLeft: null, updatedAt: new Date().toISOString() };
  await writeStatus(file, { ...last, ...ended, ...change(last) });
}

/** A run that nobody can steer is better than no run. */
async function openSocketIfPossible(control: RunControl): Promise<ControlSocket | undefined> {
  try {
    return await openControlSocket(control);
  } catch (error) {
    process.stderr.write(`The run cannot be paused or stopped from outside: ${describeError(error)}\n`);
    return undefined;
  }
}

function obeySignals(control: RunControl): void {
  let signals = 0;
  const onSignal = (): void => {
    if (signals++ > 0) process.exit(INTERRUPTED);
    control.stop();
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  // The terminal of whoever started it closed; a run that should end with it hears so from its parent.
  process.on('SIGHUP', () => undefined);
}

/** A command line that attached the run to itself stops it, and takes it along when it is killed. */
function obeyParent(control: RunControl): void {
  if (process.channel === undefined) return;
  process.on('disconnect', () => process.exit(1));
  process.on('message', (message: AttachedMessage) => {
    if (message === 'quit') process.exit(INTERRUPTED);
    control.stop();
  });
}

function sentence(error: unknown): string {
  if (error instanceof UserError) return error.message;
  const message = error instanceof Error ? error.message : String(error);
  return `The engine met an error of its own: ${message.split('\n', 1)[0] ?? ''} (log.txt has the whole of it).`;
}
