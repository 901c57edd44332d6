import * as vscode from 'vscode';
import { UserError } from '../../config/userError';
import type { Run } from '../../run/run';
import type { RunStore } from './runStore';

/** Names of runs that a question lists; of more it gives the number. */
const MOST_NAMED = 10;

/** Asks, then moves runs to the trash; where there is none (a remote machine) it asks again before deleting for good. */
export async function deleteRuns(chosen: readonly Run[], runs: RunStore): Promise<void> {
  const [first] = chosen;
  if (first === undefined) return;
  const what = chosen.length === 1 ? `the run ${first.name}` : `${chosen.length} runs`;
  const detail = detailOf(chosen);
  const trash = 'Move to Trash';
  const asked = await vscode.window.showWarningMessage(`Delete ${what}?`, { modal: true, detail }, trash);
  if (asked !== trash) return;
  const left = await deleteEach(chosen, true);
  if (left.length > 0) {
    const forGood = 'Delete Permanently';
    const message = `There is no trash for ${left.length === 1 ? left[0]?.name : `${left.length} runs`} here.`;
    const modal = { modal: true, detail: detailOf(left) };
    if ((await vscode.window.showWarningMessage(message, modal, forGood)) === forGood) {
      const [stuck] = await deleteEach(left, false);
      if (stuck !== undefined)
        throw new UserError(`${stuck.root}: the run cannot be deleted; see who may write there.`);
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
  const checkpoints = count === 1 ? '1 checkpoint' : `${count} checkpoints`;
  const named = chosen.slice(0, MOST_NAMED).map(({ root }) => root);
  const more = chosen.length > MOST_NAMED ? [`and ${chosen.length - MOST_NAMED} more`] : [];
  return [
    ...named,
    ...more,
    `${chosen.length === 1 ? 'Its' : 'Their'} curves and ${checkpoints} go with ${chosen.length === 1 ? 'it' : 'them'}.`,
  ].join('\n');
}
