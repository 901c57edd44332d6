import * as vscode from 'vscode';

/** Publisher, name and walkthrough, as in package.json. */
const WALKTHROUGH = 'mora-studio.mora-studio#mora.start';

export async function openGuide(): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.openWalkthrough', WALKTHROUGH, false);
}
