import * as vscode from 'vscode';
import { UserError } from '../config/userError';

/** Shows an error: what the user can mend as it is, a bug with a way to its stack in the log. */
export async function reportError(log: vscode.LogOutputChannel, error: unknown): Promise<void> {
  if (error instanceof UserError) {
    log.warn(error.message);
    await vscode.window.showErrorMessage(error.message);
    return;
  }
  log.error(error instanceof Error ? error : String(error));
  const message = error instanceof Error ? error.message : String(error);
  const open = 'Show Output';
  if ((await vscode.window.showErrorMessage(`MoRA: ${message}`, open)) === open) log.show();
}
