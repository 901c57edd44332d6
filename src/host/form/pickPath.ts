import * as vscode from 'vscode';
import { pathInDocument } from './pathInDocument';

const TITLES = {
  model: vscode.l10n.t('Model folder'),
  adapter: vscode.l10n.t('Adapter folder to continue from'),
  data: vscode.l10n.t('Data file'),
} as const;

/** Lets the user pick what a field names; the path is relative where that leads no further than the workspace. */
export async function pickPath(document: vscode.Uri, what: keyof typeof TITLES): Promise<string | null> {
  const isFile = what === 'data';
  const [uri] =
    (await vscode.window.showOpenDialog({
      title: TITLES[what],
      openLabel: vscode.l10n.t('Choose'),
      canSelectFiles: isFile,
      canSelectFolders: !isFile,
      defaultUri: vscode.Uri.joinPath(document, '..'),
      ...(isFile ? { filters: { 'JSON Lines': ['jsonl', 'json'], [vscode.l10n.t('All files')]: ['*'] } } : {}),
    })) ?? [];
  if (uri === undefined) return null;
  const workspace = vscode.workspace.getWorkspaceFolder(document)?.uri.fsPath;
  return pathInDocument(document.fsPath, uri.fsPath, workspace);
}
