import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { UserError, describeError, systemErrorCode } from '../config/userError';
import { runPaths } from '../run/runDirectory';
import { isActive, overwriteStatus, readStatus, writeStatus, type RunStatus } from '../run/status';
import { openControlSocket, type ControlSocket } from './controlSocket';
import type { EngineProgram } from './rpc/engineProgram';
import { RunControl } from './runControl';

/** What a shell reports for a process that a signal ended: 128 and the number of the signal. */
export const SIGNAL_CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

type StopSignal = keyof typeof SIGNAL_CODES;

/**
 * Trains in a prepared run directory, takes orders meanwhile, and leaves in status.json how it ended.
 * Returns the exit code: 0 when the run finished or was stopped over its socket or channel, that of the signal when a
 * signal stopped it, with a checkpoint all the same. `program` is this one. Throws UserError when there is no run.
 */
export async function trainInProcess(
  folder: string,
  program: EngineProgram,
  control = new RunControl(),
): Promise<number> {
  const root = resolve(folder);
  const signals = obeySignals(control);
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
    await trainRun(root, control, program);
    await settle(status, (last) => (isActive(last.state) ? { state: 'finished' } : {}));
    return signals.received === undefined ? 0 : SIGNAL_CODES[signals.received];
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
  const status = { ...last, ...ended, ...change(last) };
  try {
    await writeStatus(file, status);
  } catch (error) {
    if (!['ENOSPC', 'EDQUOT'].includes(systemErrorCode(error) ?? '')) throw error;
    await overwriteStatus(file, status);
  }
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

/**
 * The first signal stops the run with a checkpoint, the second ends it at once. SIGHUP too: a run that is to outlive a
 * terminal has a session of its own, where the terminal's end does not reach it, so whoever sends it one means it.
 */
function obeySignals(control: RunControl): { readonly received: StopSignal | undefined } {
  const state: { received: StopSignal | undefined } = { received: undefined };
  const onSignal = (signal: StopSignal): void => {
    if (state.received !== undefined) process.exit(SIGNAL_CODES[signal]);
    state.received = signal;
    control.stop();
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal).on('SIGHUP', onSignal);
  return state;
}

function sentence(error: unknown): string {
  if (error instanceof UserError) return error.message;
  const message = error instanceof Error ? error.message : String(error);
  return `The engine met an error of its own: ${message.split('\n', 1)[0] ?? ''} (log.txt has the whole of it).`;
}
