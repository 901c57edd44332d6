import * as vscode from 'vscode';

/** Whether this window may start processes and write runs. When not, says so and offers the way. */
export async function requireTrust(what = 'Training starts a process and writes to the workspace'): Promise<boolean> {
  // The menus hide the commands in an untrusted workspace, but any extension may still call them.
  if (vscode.workspace.isTrusted) return true;
  const manage = 'Manage Workspace Trust';
  const answer = await vscode.window.showWarningMessage(`${what}, so it needs a trusted workspace.`, manage);
  if (answer === manage) await vscode.commands.executeCommand('workbench.trust.manage');
  return false;
}
