import * as vscode from 'vscode';
import type { Run } from '../../run/run';
import type { RunStore } from './runStore';

/** Asks, then moves a run to the trash; where there is none (a remote machine) it asks again before deleting for good. */
export async function deleteRun(run: Run, runs: RunStore): Promise<void> {
  const uri = vscode.Uri.file(run.root);
  const checkpoints = run.checkpoints.length === 1 ? '1 checkpoint' : `${run.checkpoints.length} checkpoints`;
  const detail = `${run.root}\nIts curves and ${checkpoints} go with it.`;
  const trash = 'Move to Trash';
  const asked = await vscode.window.showWarningMessage(`Delete the run ${run.name}?`, { modal: true, detail }, trash);
  if (asked !== trash) return;
  try {
    await vscode.workspace.fs.delete(uri, { recursive: true, useTrash: true });
  } catch {
    const forGood = 'Delete Permanently';
    const message = `There is no trash for ${run.name} here.`;
    if ((await vscode.window.showWarningMessage(message, { modal: true, detail }, forGood)) !== forGood) return;
    await vscode.workspace.fs.delete(uri, { recursive: true, useTrash: false });
  }
  await runs.read(run.root);
}
