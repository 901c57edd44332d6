import * as vscode from 'vscode';
import { chooseConfiguration, FORM_EDITOR } from './configurationFile';

/** Shows a configuration as text, in the place of the form that shows it. */
export async function openAsText(argument?: unknown, selection?: vscode.Range): Promise<void> {
  const uri = await chooseConfiguration(argument, 'Which configuration?');
  if (uri === undefined) return;
  await vscode.commands.executeCommand('vscode.openWith', uri, 'default');
  const editor = vscode.window.visibleTextEditors.find((each) => each.document.uri.toString() === uri.toString());
  if (editor === undefined || selection === undefined) return;
  editor.selection = new vscode.Selection(selection.start, selection.end);
  editor.revealRange(selection, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
}

export async function openAsForm(argument?: unknown): Promise<void> {
  const uri = await chooseConfiguration(argument, 'Which configuration?');
  if (uri !== undefined) await vscode.commands.executeCommand('vscode.openWith', uri, FORM_EDITOR);
}
