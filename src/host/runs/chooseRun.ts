import * as vscode from 'vscode';
import { UserError } from '../../config/userError';
import { folderOf } from '../folderOf';
import { describeProgress } from './runText';
import type { Run } from '../../run/run';
import type { RunStore } from './runStore';

/** Fewer are read before one would notice. */
const WORTH_TELLING = 500;

const EVERY_RUN = { text: '', groups: [] };

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
  const candidates = await fitting(runs, fits);
  if (candidates === undefined) return undefined;
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

/** Which runs fit is known when all are read; undefined when the user does not wait for it. */
async function fitting(runs: RunStore, fits: (run: Run) => boolean): Promise<readonly Run[] | undefined> {
  await runs.scanned();
  if (runs.unread < WORTH_TELLING) return (await runs.list(EVERY_RUN, Infinity)).runs.filter(fits);
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: 'Reading the runs', cancellable: true },
    async (_, token) => {
      const { runs: read } = await runs.list(EVERY_RUN, Infinity, () => token.isCancellationRequested);
      return token.isCancellationRequested ? undefined : read.filter(fits);
    },
  );
}
