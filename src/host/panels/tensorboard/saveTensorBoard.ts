import { homedir } from 'node:os';
import * as vscode from 'vscode';
import { counted } from '../../../language/counted';
import type { RunSource } from '../runSource';
import { runEventFiles } from './runEvents';
import { writeRunEvents } from './writeRunEvents';

/** Asks for a log directory and writes the runs there as event files, one folder each, as TensorBoard wants them. */
export async function saveTensorBoard(sources: readonly RunSource[]): Promise<void> {
  const [logDirectory] =
    (await vscode.window.showOpenDialog({
      title: vscode.l10n.t('TensorBoard log directory'),
      openLabel: vscode.l10n.t('Export Here'),
      canSelectFiles: false,
      canSelectFolders: true,
      defaultUri: vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.file(homedir()),
    })) ?? [];
  if (logDirectory === undefined) return;
  const files = runEventFiles(sources);
  const aborted = new AbortController();
  await vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: vscode.l10n.t('Exporting to TensorBoard'),
      cancellable: true,
    },
    async (progress, token) => {
      token.onCancellationRequested(() => aborted.abort());
      const onFile = ({ folder }: { folder: string }): void => progress.report({ message: folder });
      await writeRunEvents(logDirectory.fsPath, files, { signal: aborted.signal, onFile }).catch((error: unknown) => {
        if (!aborted.signal.aborted) throw error;
      });
    },
  );
  if (aborted.signal.aborted) return;
  const copy = vscode.l10n.t('Copy Command');
  const command = `tensorboard --logdir "${logDirectory.fsPath}"`;
  const message = counted(
    files.length,
    vscode.l10n.t('Saved {0} run as event files. To look: {1}'),
    vscode.l10n.t('Saved {0} runs as event files. To look: {1}'),
    command,
  );
  const answer = await vscode.window.showInformationMessage(message, copy);
  if (answer === copy) await vscode.env.clipboard.writeText(command);
}
