import * as vscode from 'vscode';

export const FORM_EDITOR = 'mora.form';

/** Documents that the providers of this extension serve. */
export const CONFIGURATION_FILES: vscode.DocumentFilter = { pattern: '**/*.mora.json' };

export function isConfigurationFile(uri: vscode.Uri): boolean {
  return uri.path.endsWith('.mora.json');
}

/** The configuration on screen, in the form or in a text editor. */
export function activeConfiguration(): vscode.Uri | undefined {
  const input: unknown = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  const uri =
    input instanceof vscode.TabInputCustom || input instanceof vscode.TabInputText
      ? input.uri
      : vscode.window.activeTextEditor?.document.uri;
  return uri !== undefined && isConfigurationFile(uri) ? uri : undefined;
}

/** What a command was given (a Uri by menus, nothing by the palette), the document on screen, or one of the workspace. */
export async function chooseConfiguration(argument: unknown, placeholder: string): Promise<vscode.Uri | undefined> {
  if (argument instanceof vscode.Uri) return argument;
  const active = activeConfiguration();
  if (active !== undefined) return active;
  const files = await vscode.workspace.findFiles('**/*.mora.json', '**/{node_modules,.mora}/**');
  if (files.length < 2) return files[0];
  const items = files
    .map((uri) => ({ label: `$(json) ${vscode.workspace.asRelativePath(uri)}`, uri }))
    .sort((a, b) => a.label.localeCompare(b.label));
  return (await vscode.window.showQuickPick(items, { placeHolder: placeholder }))?.uri;
}
