import * as vscode from 'vscode';
import { UserError } from '../../config/userError';
import { counted } from '../../language/counted';
import type { Run } from '../../run/run';
import type { RunStore } from './runStore';

/** Names of runs that a question lists; of more it gives the number. */
const MOST_NAMED = 10;

/** Asks, then moves runs to the trash; where there is none (a remote machine) it asks again before deleting for good. */
export async function deleteRuns(chosen: readonly Run[], runs: RunStore): Promise<void> {
  const [first] = chosen;
  if (first === undefined) return;
  const question =
    chosen.length === 1
      ? vscode.l10n.t('Delete the run {0}?', first.name)
      : counted(chosen.length, vscode.l10n.t('Delete {0} run?'), vscode.l10n.t('Delete {0} runs?'));
  const detail = detailOf(chosen);
  const trash = vscode.l10n.t('Move to Trash');
  const asked = await vscode.window.showWarningMessage(question, { modal: true, detail }, trash);
  if (asked !== trash) return;
  const left = await deleteEach(chosen, true);
  const [kept] = left;
  if (kept !== undefined) {
    const forGood = vscode.l10n.t('Delete Permanently');
    const message =
      left.length === 1
        ? vscode.l10n.t('There is no trash for {0} here.', kept.name)
        : counted(
            left.length,
            vscode.l10n.t('There is no trash for {0} run here.'),
            vscode.l10n.t('There is no trash for {0} runs here.'),
          );
    const modal = { modal: true, detail: detailOf(left) };
    if ((await vscode.window.showWarningMessage(message, modal, forGood)) === forGood) {
      const [stuck] = await deleteEach(left, false);
      if (stuck !== undefined)
        throw new UserError(vscode.l10n.t('{0}: the run cannot be deleted; see who may write there.', stuck.root));
    }
  }
  await Promise.all(chosen.map(({ root }) => runs.read(root)));
}

/** Those that could not be deleted. */
async function deleteEach(chosen: readonly Run[], useTrash: boolean): Promise<Run[]> {
  const left: Run[] = [];
  for (const run of chosen) {
    try {
      await vscode.workspace.fs.delete(vscode.Uri.file(run.root), { recursive: true, useTrash });
    } catch {
      left.push(run);
    }
  }
  return left;
}

function detailOf(chosen: readonly Run[]): string {
  const count = chosen.reduce((sum, { checkpoints }) => sum + checkpoints.length, 0);
  const checkpoints = counted(count, vscode.l10n.t('{0} checkpoint'), vscode.l10n.t('{0} checkpoints'));
  const named = chosen.slice(0, MOST_NAMED).map(({ root }) => root);
  const rest = chosen.length - MOST_NAMED;
  const more = rest > 0 ? [counted(rest, vscode.l10n.t('and {0} more'), vscode.l10n.t('and {0} more'))] : [];
  const lost =
    chosen.length === 1
      ? vscode.l10n.t('Its curves and {0} go with it.', checkpoints)
      : vscode.l10n.t('Their curves and {0} go with them.', checkpoints);
  return [...named, ...more, lost].join('\n');
}
