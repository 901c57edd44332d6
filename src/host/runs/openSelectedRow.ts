import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { RunNode, RunTree } from './runTree';

/** While VS Code draws a view anew it says for a moment, longer on a busy machine, that nothing is selected. */
const DRAWN_WITHIN_MS = 5_000;
const LOOK_EVERY_MS = 20;

/**
 * What a click on a row of the runs view does; VS Code selects the row before. Rows name this command without arguments: for
 * one with arguments VS Code keeps a command of its own, which it drops when the row is refreshed, as that of a run under way
 * is every second, and a click on what was on screen till then ends in "Actual command not found".
 */
export async function openSelectedRow(view: vscode.TreeView<RunNode>, tree: RunTree): Promise<void> {
  const row = await selectedRow(view);
  switch (row?.kind) {
    case 'run':
      await vscode.commands.executeCommand('mora.openRun', row.root);
      break;
    case 'checkpoint':
      await vscode.commands.executeCommand('mora.openRank', row.root, row.checkpoint.step);
      break;
    case 'more':
      tree.showMore(row.list);
      break;
    case 'group':
    case 'configuration':
    case undefined:
    // These open by their arrow, and have no command.
  }
}

/** The row that was clicked is selected, also where the set of runs changed under the click. */
async function selectedRow(view: vscode.TreeView<RunNode>): Promise<RunNode | undefined> {
  const deadline = Date.now() + DRAWN_WITHIN_MS;
  while (view.selection.length === 0 && Date.now() < deadline) await sleep(LOOK_EVERY_MS);
  return view.selection[0];
}

/** The command of a row, by what it does for it. */
export function opens(title: string): vscode.Command {
  return { command: 'mora.openSelectedRow', title };
}
