import * as vscode from 'vscode';
import { UserError } from '../config/userError';

/** Shows an error: what the user can mend as it is, a bug with a way to its stack in the log. Waits for no answer. */
export function reportError(log: vscode.LogOutputChannel, error: unknown): void {
  if (error instanceof UserError) {
    log.warn(error.message);
    void vscode.window.showErrorMessage(error.message);
    return;
  }
  log.error(error instanceof Error ? error : String(error));
  const message = error instanceof Error ? error.message : String(error);
  const open = vscode.l10n.t('Show Output');
  void vscode.window.showErrorMessage(vscode.l10n.t('MoRA: {0}', message), open).then((answer) => {
    if (answer === open) log.show();
  });
}
