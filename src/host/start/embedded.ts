import * as vscode from 'vscode';

/** What the extension carries so that the first training needs no download. */
export const EMBEDDED_MODEL = 'tiny-llama-3m';

export function embeddedModel(extensionUri: vscode.Uri): vscode.Uri {
  return vscode.Uri.joinPath(extensionUri, 'media', 'model', EMBEDDED_MODEL);
}

export function embeddedExamples(extensionUri: vscode.Uri): vscode.Uri {
  return vscode.Uri.joinPath(extensionUri, 'examples');
}

/** Copies a folder's files that are not there yet; what the user has changed stays. */
export async function copyMissing(from: vscode.Uri, to: vscode.Uri): Promise<void> {
  await vscode.workspace.fs.createDirectory(to);
  for (const [name, type] of await vscode.workspace.fs.readDirectory(from)) {
    const source = vscode.Uri.joinPath(from, name);
    const target = vscode.Uri.joinPath(to, name);
    if (type === vscode.FileType.Directory) await copyMissing(source, target);
    else if (!(await exists(target))) await vscode.workspace.fs.copy(source, target);
  }
}

export async function exists(uri: vscode.Uri): Promise<boolean> {
  try {
    await vscode.workspace.fs.stat(uri);
    return true;
  } catch {
    return false;
  }
}
