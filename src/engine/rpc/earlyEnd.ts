import { runPaths } from '../../run/runDirectory';
import { isActive, readStatus, writeStatus } from '../../run/status';
import { exitText, type ProcessExit } from './engineEnd';

/** An engine that ended before it could write a word would leave a run that starts for ever. */
export async function noteEarlyEnd(root: string, pid: number, exit: ProcessExit): Promise<void> {
  const status = await readStatus(runPaths(root).status);
  if (status === undefined || !isActive(status.state) || status.pid === pid) return;
  await noteFailure(root, `The engine ended as it started (${exitText(exit)}); its log.txt says more.`);
}

/** Marks a run as failed that no engine has taken up. */
export async function noteFailure(root: string, error: string): Promise<void> {
  const file = runPaths(root).status;
  const status = await readStatus(file);
  if (status === undefined) return;
  await writeStatus(file, { ...status, state: 'failed', error, activity: null, updatedAt: new Date().toISOString() });
}
