import { dirname } from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../../config/userError';
import { readRunConfiguration } from '../../run/runConfiguration';
import { configurationName, runPaths } from '../../run/runDirectory';
import type { Run } from '../../run/run';
import { FORM_EDITOR } from '../configuration/configurationFile';
import { exists } from '../start/embedded';
import { freeName } from '../start/freeName';
import { duplicatedConfiguration } from './duplicatedConfiguration';

/**
 * Opens a new document with the configuration that a run trained with, which the document it came from may no longer
 * hold: beside that document, or beside the runs where its folder is gone. Nothing is overwritten.
 */
export async function duplicateConfiguration({ root, status, name }: Run): Promise<void> {
  const { config } = runPaths(root);
  const configuration = await readRunConfiguration(config);
  if (configuration === undefined)
    throw new UserError(vscode.l10n.t('{0}: the configuration of the run cannot be read.', config));
  const origin = status.configurationFile === null ? undefined : vscode.Uri.file(dirname(status.configurationFile));
  const beside = vscode.Uri.file(dirname(dirname(dirname(root))));
  const folder = origin !== undefined && (await exists(origin)) ? origin : beside;
  const uri = await freeName(
    folder,
    status.configurationFile === null ? name : configurationName(status.configurationFile),
  );
  const workspace = vscode.workspace.getWorkspaceFolder(uri)?.uri.fsPath;
  const text = duplicatedConfiguration(configuration, uri.fsPath, workspace);
  await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
  await vscode.commands.executeCommand('vscode.openWith', uri, FORM_EDITOR);
}
