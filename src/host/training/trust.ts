import * as vscode from 'vscode';

/** Whether this window may start processes and write runs. When not, says why not and offers the way. */
export async function requireTrust(reason = trainingReason()): Promise<boolean> {
  // The menus hide the commands in an untrusted workspace, but any extension may still call them.
  if (vscode.workspace.isTrusted) return true;
  const manage = vscode.l10n.t('Manage Workspace Trust');
  const answer = await vscode.window.showWarningMessage(reason, manage);
  if (answer === manage) await vscode.commands.executeCommand('workbench.trust.manage');
  return false;
}

function trainingReason(): string {
  return vscode.l10n.t('Training starts a process and writes to the workspace, so it needs a trusted workspace.');
}
