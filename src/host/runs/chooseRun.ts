import * as vscode from 'vscode';
import { UserError } from '../../config/userError';
import { formatTime } from '../../language/language';
import { folderOf } from '../folderOf';
import { describeProgress, stateWord } from './runText';
import type { Run } from '../../run/run';
import type { RunStore } from './runStore';

/** Fewer are read before one would notice. */
const WORTH_TELLING = 500;

const EVERY_RUN = { text: '', groups: [] };

/**
 * The run a command means: the row or folder it was given, the only one that fits, or the one the user picks. What a run is
 * doing is read anew: a panel hears of it at once and shows it, so that a command may follow before the next look.
 */
export async function chooseRun(
  runs: RunStore,
  argument: unknown,
  fits: (run: Run) => boolean,
  question: string,
): Promise<Run | undefined> {
  const root = folderOf(argument);
  if (root !== undefined) {
    await runs.read(root);
    const run = runs.get(root);
    if (run === undefined) throw new UserError(vscode.l10n.t('{0}: there is no run there any more.', root));
    if (!fits(run)) {
      const message = vscode.l10n.t('{0} is {1}, so that cannot be done now.', run.name, stateWord(run.state));
      throw new UserError(message);
    }
    return run;
  }
  const candidates = await fitting(runs, fits);
  if (candidates === undefined) return undefined;
  if (candidates.length === 0) throw new UserError(vscode.l10n.t('There is no run for which this can be done.'));
  if (candidates.length === 1) return candidates[0];
  const items = candidates.map((run) => ({
    label: run.name,
    description: describeProgress(run.status, run.state),
    detail: formatTime(new Date(run.status.startedAt)),
    run,
  }));
  return (await vscode.window.showQuickPick(items, { placeHolder: question, matchOnDescription: true }))?.run;
}

/** Which runs fit is known when all are read; undefined when the user does not wait for it. */
async function fitting(runs: RunStore, fits: (run: Run) => boolean): Promise<readonly Run[] | undefined> {
  await runs.scanned();
  await runs.readActive();
  if (runs.unread < WORTH_TELLING) return (await runs.list(EVERY_RUN, Infinity)).runs.filter(fits);
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: vscode.l10n.t('Reading the runs'), cancellable: true },
    async (_, token) => {
      const { runs: read } = await runs.list(EVERY_RUN, Infinity, () => token.isCancellationRequested);
      return token.isCancellationRequested ? undefined : read.filter(fits);
    },
  );
}
