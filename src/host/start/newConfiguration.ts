import { basename } from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../../config/userError';
import { FORM_EDITOR } from '../configuration/configurationFile';
import { pathInDocument } from '../form/pathInDocument';
import type { Services } from '../services';
import { configurationText, METHODS, type MethodChoice } from './configurationText';
import { chooseData, chooseModel } from './sources';
import { freeName } from './freeName';

/** Asks for model, data and method, and opens a new configuration as a form. Nothing is overwritten. */
export async function newConfiguration(services: Services): Promise<void> {
  const [workspace] = vscode.workspace.workspaceFolders ?? [];
  if (workspace === undefined) {
    throw new UserError(vscode.l10n.t('A configuration lives in a folder; open one, then make the configuration.'));
  }
  const folder = workspace.uri;
  const model = await chooseModel(services, folder);
  // An input box that was left empty answers with nothing too.
  if (model === undefined || model === '') return;
  const data = await chooseData(services.extensionUri, folder);
  if (data === undefined) return;
  const method = await chooseMethod();
  if (method === undefined) return;
  const uri = await freeName(folder, configurationNameFor(data.fsPath));
  const path = (target: vscode.Uri): string => pathInDocument(uri.fsPath, target.fsPath, folder.fsPath);
  const text = configurationText({ model: typeof model === 'string' ? model : path(model), data: path(data), method });
  await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
  await vscode.commands.executeCommand('vscode.openWith', uri, FORM_EDITOR);
}

async function chooseMethod(): Promise<MethodChoice | undefined> {
  const chosen = await vscode.window.showQuickPick(
    METHODS.map((method) => ({ label: method.title, detail: method.summary, method })),
    {
      title: vscode.l10n.t('New Configuration ({0}/{1})', 3, 3),
      placeHolder: vscode.l10n.t('How is it trained? The form can change it later.'),
    },
  );
  return chosen?.method;
}

/** "pronounce.train.jsonl" → "pronounce". */
function configurationNameFor(dataFile: string): string {
  const name = basename(dataFile).replace(/(\.(train|training))?\.[^.]+$/i, '');
  return name === '' ? 'fine-tune' : name;
}
