import * as vscode from 'vscode';
import { FORM_EDITOR } from '../configuration/configurationFile';
import type { Services } from '../services';
import { train } from '../training/train';
import { copyMissing, EMBEDDED_MODEL, embeddedExamples, embeddedModel, exists } from './embedded';

const FOLDER = 'mora-example';
const FIRST = 'pronounce-mora.mora.json';

/**
 * Opens the example as a form. Its model, data and configurations are copied into the workspace: a run is written
 * beside its configuration, and the extension's own folder is replaced at the next update.
 *
 * @returns its configuration; undefined where a window without a folder opens again with it, or nothing was chosen
 */
export async function openExample({ extensionUri }: Services): Promise<vscode.Uri | undefined> {
  const [workspace] = vscode.workspace.workspaceFolders ?? [];
  if (workspace !== undefined) {
    const there = vscode.Uri.joinPath(workspace.uri, 'examples', FIRST);
    if (await exists(there)) return open(there);
  }
  const parent = workspace?.uri ?? (await askForFolder());
  if (parent === undefined) return undefined;
  const folder = vscode.Uri.joinPath(parent, FOLDER);
  await vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: vscode.l10n.t('MoRA: copying the example to {0}', FOLDER),
    },
    () => copyExample(extensionUri, folder),
  );
  if (workspace !== undefined) return open(vscode.Uri.joinPath(folder, FIRST));
  await vscode.commands.executeCommand('vscode.openFolder', folder);
  return undefined;
}

/** Opens the example and trains it: the first minute is one click. */
export async function trainExample(services: Services): Promise<void> {
  const configuration = await openExample(services);
  if (configuration !== undefined) await train(services, configuration);
}

async function open(configuration: vscode.Uri): Promise<vscode.Uri> {
  await vscode.commands.executeCommand('vscode.openWith', configuration, FORM_EDITOR);
  return configuration;
}

async function askForFolder(): Promise<vscode.Uri | undefined> {
  const chosen = await vscode.window.showOpenDialog({
    title: vscode.l10n.t('Where should the folder {0} go?', FOLDER),
    openLabel: vscode.l10n.t('Put the Example Here'),
    canSelectFolders: true,
    canSelectFiles: false,
  });
  return chosen?.[0];
}

async function copyExample(extensionUri: vscode.Uri, folder: vscode.Uri): Promise<void> {
  const examples = embeddedExamples(extensionUri);
  await copyMissing(vscode.Uri.joinPath(examples, 'data'), vscode.Uri.joinPath(folder, 'data'));
  await copyMissing(embeddedModel(extensionUri), vscode.Uri.joinPath(folder, 'model', EMBEDDED_MODEL));
  for (const [name, type] of await vscode.workspace.fs.readDirectory(examples)) {
    const target = vscode.Uri.joinPath(folder, name);
    if (type !== vscode.FileType.File || !name.endsWith('.mora.json') || (await exists(target))) continue;
    const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(vscode.Uri.joinPath(examples, name)));
    await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(movedExample(text)));
  }
}

/** The configuration with the paths it has beside its copied model. The schema comes with the extension. */
function movedExample(text: string): string {
  return text
    .replace(`"../media/model/${EMBEDDED_MODEL}"`, `"./model/${EMBEDDED_MODEL}"`)
    .replace(/^\s*"\$schema":.*\n/m, '');
}
