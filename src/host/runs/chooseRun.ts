import * as vscode from 'vscode';
import { UserError } from '../../config/userError';
import { folderOf } from '../folderOf';
import { describeProgress } from './runText';
import type { Run } from '../../run/run';
import type { RunStore } from './runStore';

/** The run a command means: the row or folder it was given, the only one that fits, or the one the user picks. */
export async function chooseRun(
  runs: RunStore,
  argument: unknown,
  fits: (run: Run) => boolean,
  question: string,
): Promise<Run | undefined> {
  const root = folderOf(argument);
  if (root !== undefined) {
    if (runs.get(root) === undefined) await runs.read(root);
    const run = runs.get(root);
    if (run === undefined) throw new UserError(`${root}: there is no run there any more.`);
    if (!fits(run)) throw new UserError(`${run.name} is ${run.state}, so that cannot be done now.`);
    return run;
  }
  await runs.scanned();
  const candidates = runs.all().filter(fits);
  if (candidates.length === 0) throw new UserError('There is no run for which this can be done.');
  if (candidates.length === 1) return candidates[0];
  const items = candidates.map((run) => ({
    label: run.name,
    description: describeProgress(run.status, run.state),
    detail: new Date(run.status.startedAt).toLocaleString(),
    run,
  }));
  return (await vscode.window.showQuickPick(items, { placeHolder: question, matchOnDescription: true }))?.run;
}
