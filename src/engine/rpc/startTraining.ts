import { spawn } from 'node:child_process';
import { open } from 'node:fs/promises';
import { UserError, systemErrorCode } from '../../config/userError';
import { runPaths } from '../../run/runDirectory';
import { isActive, readStatus, writeStatus } from '../../run/status';
import { engineEnvironment, type EngineProgram } from './engineProgram';
import type { AttachedMessage } from './protocol';
import { sharedHeapEnvironment } from './sharedHeap';

export interface TrainingRequest extends EngineProgram {
  /** A run directory made by prepareRun or prepareResume. */
  readonly root: string;
  /** Detached, it outlives this process; attached, it ends when this process does, however that ends. */
  readonly detached: boolean;
}

export interface TrainingExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface TrainingProcess {
  readonly pid: number;
  /** Resolves when the process has ended and status.json says how. Nobody need wait for it. */
  readonly exited: Promise<TrainingExit>;
  /** Attached only: save a checkpoint and end. */
  stop(): void;
  /** Attached only: end at once. */
  quit(): void;
}

/** Starts `engine train` in a prepared run directory; what it prints goes to the run's log.txt. */
export async function startTraining(request: TrainingRequest): Promise<TrainingProcess> {
  const { node, engine, env, root, detached } = request;
  const log = await open(runPaths(root).log, 'a');
  try {
    const child = spawn(node, [engine, 'train', root], {
      env: { ...sharedHeapEnvironment(), ...engineEnvironment(env) },
      stdio: ['ignore', log.fd, log.fd, ...(detached ? [] : (['ipc'] as const))],
      // Its own process group in both cases: Ctrl+C on the terminal is for the command line, which passes it on once.
      detached: true,
      windowsHide: true,
    });
    const exited = new Promise<TrainingExit>((resolve) => {
      child.once('exit', (code, signal) => resolve({ code, signal }));
    });
    const pid = await new Promise<number>((resolve, reject) => {
      child.once('spawn', () => resolve(child.pid ?? 0));
      child.once('error', reject);
    });
    child.on('error', () => undefined); // a message to a process that has just ended
    if (detached) child.unref();
    const send = (message: AttachedMessage): void => {
      if (child.connected) child.send(message);
    };
    return {
      pid,
      exited: exited.then(async (exit) => {
        // The run directory may be gone by now; that is no reason to bring the parent down.
        await noteEarlyEnd(root, pid, exit).catch(() => undefined);
        return exit;
      }),
      stop: () => send('stop'),
      quit: () => send('quit'),
    };
  } catch (error) {
    const reason =
      systemErrorCode(error) === 'ENOENT'
        ? `${node}: there is no such program to run the engine with; check the path of Node.js.`
        : `${node}: the engine cannot be started (${String(error)}); check the path of Node.js.`;
    await noteFailure(root, reason);
    throw new UserError(reason);
  } finally {
    await log.close();
  }
}

/** An engine that ended before it could write a word would leave a run that starts for ever. */
async function noteEarlyEnd(root: string, pid: number, { code, signal }: TrainingExit): Promise<void> {
  const status = await readStatus(runPaths(root).status);
  if (status === undefined || !isActive(status.state) || status.pid === pid) return;
  await noteFailure(root, `The engine ended as it started (${signal ?? `exit code ${code}`}); its log.txt says more.`);
}

async function noteFailure(root: string, error: string): Promise<void> {
  const file = runPaths(root).status;
  const status = await readStatus(file);
  if (status === undefined) return;
  await writeStatus(file, { ...status, state: 'failed', error, activity: null, updatedAt: new Date().toISOString() });
}
