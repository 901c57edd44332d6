import * as vscode from 'vscode';
import { UserError } from '../../config/userError';
import { chooseConfiguration } from '../configuration/configurationFile';
import { openAsText } from '../configuration/openConfiguration';
import type { Services } from '../services';
import { launch } from './launch';
import { requireTrust } from './trust';

/** Trains what a configuration document says: saves it, makes a run of it, starts the engine, opens the run. */
export async function train(services: Services, argument?: unknown): Promise<void> {
  const uri = await chooseConfiguration(argument, 'Which configuration to train?');
  if (uri === undefined) {
    throw new UserError('There is no *.mora.json document to train; make one with "MoRA: New Configuration".');
  }
  if (!(await requireTrust())) return;
  const document = await savedDocument(uri);
  if (!(await isSound(document)) || !(await mayStart(services, document.uri))) return;
  await launch(services, async () => {
    const { prepareRun } = await import('../../engine/rpc/prepareRun');
    return prepareRun({ configurationFile: document.uri.fsPath, text: document.getText() });
  });
}

/** Goes on from the newest checkpoint of a run. */
export async function resumeFromCheckpoint(services: Services, root: string): Promise<void> {
  if (!(await requireTrust())) return;
  await launch(services, async () => {
    const { prepareResume } = await import('../../engine/rpc/prepareResume');
    return prepareResume(root);
  });
}

async function savedDocument(uri: vscode.Uri): Promise<vscode.TextDocument> {
  const document = await vscode.workspace.openTextDocument(uri);
  // A run lives beside its configuration, so the configuration needs a place.
  if (document.isUntitled || document.uri.scheme !== 'file') {
    throw new UserError('The configuration is not a file on disk; save it into a folder first.');
  }
  if (document.isDirty && !(await document.save())) {
    throw new UserError(`${uri.fsPath}: it could not be saved; save it, then train again.`);
  }
  return document;
}

async function isSound(document: vscode.TextDocument): Promise<boolean> {
  const { parseConfiguration, describeProblem } = await import('../../config/parse');
  const parsed = parseConfiguration(document.getText());
  if (parsed.ok) return true;
  const [first] = parsed.problems;
  const more = parsed.problems.length > 1 ? ` (and ${parsed.problems.length - 1} more)` : '';
  const show = 'Show in Text';
  const name = vscode.workspace.asRelativePath(document.uri);
  const answer = await vscode.window.showErrorMessage(`${name}: ${describeProblem(first)}${more}`, show);
  if (answer === show && first !== undefined) {
    const place = new vscode.Range(document.positionAt(first.offset), document.positionAt(first.offset + first.length));
    await openAsText(document.uri, place);
  }
  return false;
}

/** Two runs of one document at once are rarely meant, and they share the machine. */
async function mayStart(services: Services, uri: vscode.Uri): Promise<boolean> {
  const active = await services.runs.activeOf(uri.fsPath);
  if (active === undefined) return true;
  const open = 'Open Run';
  const anyway = 'Train Anyway';
  const answer = await vscode.window.showWarningMessage(
    `${active.name} is training already.`,
    { modal: true, detail: 'A second run would share the machine with it.' },
    open,
    anyway,
  );
  if (answer === open) await vscode.commands.executeCommand('mora.openRun', active.root);
  return answer === anyway;
}
