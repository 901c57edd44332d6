import * as vscode from 'vscode';
import { UserError } from '../../config/userError';
import { counted } from '../../language/counted';
import { chooseConfiguration } from '../configuration/configurationFile';
import { openAsText } from '../configuration/openConfiguration';
import type { Services } from '../services';
import { launch } from './launch';
import { requireTrust } from './trust';

/** Trains what a configuration document says: saves it, makes a run of it, starts the engine, opens the run. */
export async function train(services: Services, argument?: unknown): Promise<void> {
  const uri = await chooseConfiguration(argument, vscode.l10n.t('Which configuration to train?'));
  if (uri === undefined) {
    throw new UserError(
      vscode.l10n.t('There is no *.mora.json document to train; make one with "MoRA: New Configuration".'),
    );
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
    throw new UserError(vscode.l10n.t('The configuration is not a file on disk; save it into a folder first.'));
  }
  if (document.isDirty && !(await document.save())) {
    throw new UserError(vscode.l10n.t('{0}: it could not be saved; save it, then train again.', uri.fsPath));
  }
  return document;
}

async function isSound(document: vscode.TextDocument): Promise<boolean> {
  const { parseConfiguration, describeProblem } = await import('../../config/parse');
  const parsed = parseConfiguration(document.getText());
  if (parsed.ok) return true;
  const [first] = parsed.problems;
  const others = parsed.problems.length - 1;
  const problem = `${vscode.workspace.asRelativePath(document.uri)}: ${describeProblem(first)}`;
  const more = counted(others, vscode.l10n.t('{1} (and {0} more)'), vscode.l10n.t('{1} (and {0} more)'), problem);
  const show = vscode.l10n.t('Show in Text');
  const answer = await vscode.window.showErrorMessage(others > 0 ? more : problem, show);
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
  const open = vscode.l10n.t('Open Run');
  const anyway = vscode.l10n.t('Train Anyway');
  const answer = await vscode.window.showWarningMessage(
    vscode.l10n.t('{0} is training already.', active.name),
    { modal: true, detail: vscode.l10n.t('A second run would share the machine with it.') },
    open,
    anyway,
  );
  if (answer === open) await vscode.commands.executeCommand('mora.openRun', active.root);
  return answer === anyway;
}
