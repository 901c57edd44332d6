import { spawn } from 'node:child_process';
import { open } from 'node:fs/promises';
import { runPaths } from '../../run/runDirectory';
import { noteEarlyEnd, noteFailure } from './earlyEnd';
import { startError, type ProcessExit } from './engineEnd';
import { engineEnvironment, type EngineProgram } from './engineProgram';
import { sharedHeapEnvironment } from './sharedHeap';

export interface TrainingRequest extends EngineProgram {
  /** A run directory made by prepareRun or prepareResume. */
  readonly root: string;
}

export interface TrainingProcess {
  readonly pid: number;
  /** Resolves when the process has ended and status.json says how. Nobody need wait for it. */
  readonly exited: Promise<ProcessExit>;
}

/**
 * Starts `engine train` in a prepared run directory; what it prints goes to the run's log.txt. It outlives this process.
 * Throws UserError when it cannot be started, and the run says so.
 */
export async function startTraining({ node, engine, env, root }: TrainingRequest): Promise<TrainingProcess> {
  const log = await open(runPaths(root).log, 'a');
  try {
    const child = spawn(node, [engine, 'train', root], {
      env: { ...sharedHeapEnvironment(), ...engineEnvironment(env) },
      stdio: ['ignore', log.fd, log.fd],
      detached: true,
      windowsHide: true,
    });
    const exited = new Promise<ProcessExit>((resolve) => {
      child.once('exit', (code, signal) => resolve({ code, signal }));
    });
    const pid = await new Promise<number>((resolve, reject) => {
      child.once('spawn', () => resolve(child.pid ?? 0));
      child.once('error', reject);
    });
    child.unref();
    return {
      pid,
      exited: exited.then(async (exit) => {
        // The run directory may be gone by now; that is no reason to bring the parent down.
        await noteEarlyEnd(root, pid, exit).catch(() => undefined);
        return exit;
      }),
    };
  } catch (error) {
    const failure = startError(error, node);
    await noteFailure(root, failure.message);
    throw failure;
  } finally {
    await log.close();
  }
}
