import * as vscode from 'vscode';
import { activeConfiguration, chooseConfiguration, FORM_EDITOR } from './configurationFile';

/** Shows a configuration as text, in the place of the form that shows it. */
export async function openAsText(argument?: unknown, selection?: vscode.Range): Promise<void> {
  const uri = await chooseConfiguration(argument, vscode.l10n.t('Which configuration?'));
  if (uri === undefined) return;
  await openIn(uri, 'default');
  const editor = vscode.window.visibleTextEditors.find((each) => each.document.uri.toString() === uri.toString());
  if (editor === undefined || selection === undefined) return;
  editor.selection = new vscode.Selection(selection.start, selection.end);
  editor.revealRange(selection, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
}

/** Shows a configuration as text beside the form that shows it, so that each is seen to follow the other. */
export async function openTextBeside(argument?: unknown): Promise<void> {
  const uri = await chooseConfiguration(argument, vscode.l10n.t('Which configuration?'));
  if (uri === undefined) return;
  await vscode.commands.executeCommand('vscode.openWith', uri, 'default', vscode.ViewColumn.Beside);
}

export async function openAsForm(argument?: unknown): Promise<void> {
  const uri = await chooseConfiguration(argument, vscode.l10n.t('Which configuration?'));
  if (uri !== undefined) await openIn(uri, FORM_EDITOR);
}

/** In the tab that shows it now, where there is one: vscode.openWith would put a second tab beside it. */
async function openIn(uri: vscode.Uri, editor: string): Promise<void> {
  if (activeConfiguration()?.toString() === uri.toString()) {
    await vscode.commands.executeCommand('reopenActiveEditorWith', editor);
  } else {
    await vscode.commands.executeCommand('vscode.openWith', uri, editor);
  }
}
