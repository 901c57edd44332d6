import { createWriteStream } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import * as vscode from 'vscode';

/** Asks where to save and writes the pieces there one after another, however many there are. */
export async function saveExport(
  name: string,
  kind: 'csv' | 'png',
  pieces: () => Iterable<string | Uint8Array>,
): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? homedir();
  const file = await vscode.window.showSaveDialog({
    defaultUri: vscode.Uri.file(join(folder, `${name}.${kind}`)),
    filters: kind === 'csv' ? { CSV: ['csv'] } : { PNG: ['png'] },
  });
  if (file === undefined) return;
  await pipeline(Readable.from(pieces()), createWriteStream(file.fsPath));
  const open = vscode.l10n.t('Open');
  const answer = await vscode.window.showInformationMessage(vscode.l10n.t('Saved {0}.', file.fsPath), open);
  if (answer === open) await vscode.commands.executeCommand('vscode.open', file);
}
