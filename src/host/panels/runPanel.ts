import * as vscode from 'vscode';
import { z } from 'zod';
import { runPaths } from '../../run/runDirectory';
import { UserError } from '../../config/userError';
import { folderOf } from '../folderOf';
import { MAX_OVERLAYS, type Openable } from '../protocol/runPanel';
import { newestFirst } from '../runs/runRoots';
import { selectedRoots } from '../runs/selectedRoots';
import { failuresIn } from './failures';
import { PanelHost } from './panelHost';
import { runCsv } from './runCsv';
import { runItems } from './runPicker';
import { RunSession, type RunSessionEditor } from './runSession';
import { saveExport } from './saveExport';
import { saveTensorBoard } from './tensorboard/saveTensorBoard';
import type { PanelServices } from './services';

const savedSchema = z.object({ root: z.string().min(1) });

/** The run panel: live curves of a run directory. `mora.openRun` takes a run's root. */
export function registerRunPanel(context: vscode.ExtensionContext, services: PanelServices): void {
  const host = new PanelHost(
    {
      viewType: 'mora.run',
      bundle: 'run',
      element: 'mora-run-panel',
      open: (root, panel, post) => new RunSession(root, { post, ...editorFor(panel, services) }),
      keyOf: (state) => savedSchema.safeParse(state).data?.root,
    },
    services,
  );
  const open = async (argument: unknown): Promise<void> => {
    const root = folderOf(argument) ?? (await pickRun());
    if (root !== undefined) host.show(root, vscode.l10n.t('Run'));
  };
  const compare = async (argument: unknown, selection: unknown): Promise<void> => {
    const roots = newestFirst(selectedRoots(argument, selection));
    const [root = folderOf(argument) ?? (await pickRun())] = roots;
    if (root === undefined) return;
    const others = roots.length > 1 ? roots.slice(1) : await pickRuns(root, []);
    if (others === undefined) return;
    if (others.length > MAX_OVERLAYS) {
      throw new UserError(
        vscode.l10n.t(
          '{0} runs are too many for one chart, whose colours tell {1} apart; select fewer.',
          roots.length,
          MAX_OVERLAYS + 1,
        ),
      );
    }
    host.show(root, vscode.l10n.t('Run'));
    host.sessionOf(root)?.overlay(others);
  };
  const { shown } = failuresIn(services.log);
  context.subscriptions.push(
    host,
    vscode.commands.registerCommand('mora.openRun', (argument: unknown) => shown(open(argument))),
    vscode.commands.registerCommand('mora.compareRuns', (argument: unknown, selection: unknown) =>
      shown(compare(argument, selection)),
    ),
  );
}

async function pickRun(): Promise<string | undefined> {
  const picked = await vscode.window.showQuickPick(runItems(''), { placeHolder: vscode.l10n.t('Open which run?') });
  return picked?.root;
}

function editorFor(panel: vscode.WebviewPanel, services: PanelServices): Omit<RunSessionEditor, 'post'> {
  const failures = failuresIn(services.log);
  return {
    control: async (root, order) => (await import('../../engine/rpc/controlRun')).controlRun(root, order),
    open: (root, what) => void failures.shown(open(root, what)),
    pickRuns: (root, chosen) => pickRuns(root, chosen),
    saveCsv: (sources) => void failures.shown(saveExport(sources[0]?.name ?? 'run', 'csv', () => runCsv(sources))),
    saveTensorBoard: (sources) => void failures.shown(saveTensorBoard(sources)),
    savePng: (name, dataUrl) => void failures.shown(saveExport(name, 'png', () => [pngOf(dataUrl)])),
    describe: ({ facts }) => {
      if (panel.title !== facts.name) panel.title = facts.name;
    },
    reportError: failures.log,
  };
}

async function open(root: string, what: Openable): Promise<void> {
  const paths = runPaths(root);
  switch (what) {
    case 'rank':
      await vscode.commands.executeCommand('mora.openRank', root);
      break;
    case 'playground':
      await vscode.commands.executeCommand('mora.openPlayground', root);
      break;
    case 'configuration':
      await showText(paths.config);
      break;
    case 'log':
      await showText(paths.log);
      break;
    case 'checkpointResume':
      await vscode.commands.executeCommand('mora.resumeFromCheckpoint', root);
      break;
  }
}

/** As text beside the curves, also where another editor would take the file. */
async function showText(file: string): Promise<void> {
  const document = await vscode.workspace.openTextDocument(file);
  await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.Beside, preview: true });
}

async function pickRuns(root: string, chosen: readonly string[]): Promise<readonly string[] | undefined> {
  const items = (await runItems(root)).map((item) => ({ ...item, picked: chosen.includes(item.root) }));
  if (items.length === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('There is no other run in the workspace to compare with.'));
    return undefined;
  }
  const picked = await vscode.window.showQuickPick(items, {
    canPickMany: true,
    matchOnDescription: true,
    placeHolder: vscode.l10n.t('Lay which runs over this one? (up to {0})', MAX_OVERLAYS),
  });
  return picked?.slice(0, MAX_OVERLAYS).map((item) => item.root);
}

function pngOf(dataUrl: string): Uint8Array {
  return Buffer.from(dataUrl.slice(dataUrl.indexOf(',') + 1), 'base64');
}
