import * as vscode from 'vscode';
import { agentShells } from './agents/agentShells';
import type { InspectedDocument } from './inspector/inspectorEditor';
import { DeferredTree } from './runs/deferredTree';
import type { RunNode } from './runs/runTree';
import type { Studio } from './studio';

const FORM_EDITOR = 'mora.form';
const RUNS_VIEW = 'mora.runs';

/** The inspector's editors; the second is for JSON files, which open as text unless one asks. */
const INSPECTORS = ['mora.inspector', 'mora.inspector.json'];

/** Commands whose handlers the studio holds; the panels register their own. */
const COMMANDS = [
  'mora.newConfiguration',
  'mora.openExample',
  'mora.trainExample',
  'mora.openGuide',
  'mora.doctor',
  'mora.addTensorFlow',
  'mora.train',
  'mora.openAsText',
  'mora.openTextBeside',
  'mora.openAsForm',
  'mora.pauseRun',
  'mora.resumeRun',
  'mora.saveRun',
  'mora.sampleRun',
  'mora.stopRun',
  'mora.resumeFromCheckpoint',
  'mora.openLog',
  'mora.openConfiguration',
  'mora.revealRun',
  'mora.deleteRun',
  'mora.refreshRuns',
  'mora.duplicateConfiguration',
  'mora.filterRuns',
  'mora.filterRunsByState',
  'mora.clearRunFilter',
  'mora.groupRunsByConfiguration',
  'mora.groupRunsByState',
  'mora.openSelectedRow',
  'mora.inspect',
  'mora.mergeAdapter',
  'mora.exportAdapter',
];

/** Commands that the panels register. */
const PANEL_COMMANDS = [
  'mora.openRun',
  'mora.compareRuns',
  'mora.openRank',
  'mora.compareCheckpoints',
  'mora.openPlayground',
];

/**
 * Registers shells, which costs a few milliseconds, and loads what is behind them once activation is over: VS Code
 * activates extensions one after another, and whoever opened a file waits for all.
 */
export function activate(context: vscode.ExtensionContext): Promise<void> | undefined {
  const began = performance.now();
  try {
    const log = vscode.window.createOutputChannel('MoRA', { log: true });
    context.subscriptions.push(log);
    const shells: vscode.Disposable[] = [];
    const tree = new DeferredTree<RunNode>(async () => (await studio()).tree);
    const runsView = vscode.window.createTreeView(RUNS_VIEW, {
      treeDataProvider: tree,
      canSelectMany: true,
      showCollapseAll: true,
    });
    const studio = deferredStudio(context, log, runsView, shells);
    shells.push(...PANEL_COMMANDS.map((name) => panelShell(studio, name)));
    context.subscriptions.push(
      tree,
      runsView,
      vscode.window.registerCustomEditorProvider(
        FORM_EDITOR,
        {
          resolveCustomTextEditor: async (document, panel) =>
            (await studio()).form.resolveCustomTextEditor(document, panel),
        },
        // Two views of one document may stand side by side: the document is the state.
        { supportsMultipleEditorsPerDocument: true },
      ),
      ...INSPECTORS.map((viewType) => inspectorShell(studio, viewType)),
      ...agentShells(async () => (await studio()).agents),
      vscode.commands.registerCommand('mora.showOutput', () => log.show()),
      ...COMMANDS.map((name) =>
        vscode.commands.registerCommand(name, (...args: unknown[]) => call(studio, log, name, args)),
      ),
    );
    log.debug(`Activated in ${(performance.now() - began).toFixed(1)} ms.`);
    // A panel brought back after a reload is looked for as soon as activation is over.
    if (showsPanel()) return startNow(studio);
    setImmediate(() => void startNow(studio).catch(() => undefined)); // it was shown
    return undefined;
  } catch (error) {
    showStartFailure(error);
    throw error;
  }
}

async function startNow(studio: () => Promise<Studio>): Promise<void> {
  try {
    await studio();
  } catch (error) {
    showStartFailure(error);
    throw error;
  }
}

function deferredStudio(
  context: vscode.ExtensionContext,
  log: vscode.LogOutputChannel,
  runsView: vscode.TreeView<RunNode>,
  shells: readonly vscode.Disposable[],
): () => Promise<Studio> {
  let studio: Promise<Studio> | undefined;
  return () => (studio ??= loadStudio(context, log, runsView, shells));
}

async function loadStudio(
  context: vscode.ExtensionContext,
  log: vscode.LogOutputChannel,
  runsView: vscode.TreeView<RunNode>,
  shells: readonly vscode.Disposable[],
): Promise<Studio> {
  const began = performance.now();
  const { openStudio } = await import('./studio');
  for (const shell of shells) shell.dispose();
  const studio = openStudio(context, log, runsView);
  log.debug(`Loaded in ${(performance.now() - began).toFixed(1)} ms.`);
  return studio;
}

/** Stands for a command that a panel registers when it is loaded, and gives way to it. */
function panelShell(studio: () => Promise<Studio>, name: string): vscode.Disposable {
  return vscode.commands.registerCommand(name, async (...args: unknown[]) => {
    await studio();
    await vscode.commands.executeCommand(name, ...args);
  });
}

function inspectorShell(studio: () => Promise<Studio>, viewType: string): vscode.Disposable {
  const provider: vscode.CustomReadonlyEditorProvider<InspectedDocument> = {
    openCustomDocument: async (uri) => (await studio()).inspector.openCustomDocument(uri),
    resolveCustomEditor: async (document, panel) => (await studio()).inspector.resolveCustomEditor(document, panel),
  };
  return vscode.window.registerCustomEditorProvider(viewType, provider, { supportsMultipleEditorsPerDocument: true });
}

function showsPanel(): boolean {
  const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
  // VS Code puts a prefix of its own before the type.
  return tabs.some(
    ({ input }) =>
      input instanceof vscode.TabInputWebview && /\bmora\.(run|rank|compare|playground)$/.test(input.viewType),
  );
}

async function call(
  studio: () => Promise<Studio>,
  log: vscode.LogOutputChannel,
  name: string,
  args: unknown[],
): Promise<void> {
  try {
    await (await studio()).commands[name]?.(...args);
  } catch (error) {
    // From the same bundle as what threw: errors are told apart by their class.
    const { reportError } = await import('./studio');
    reportError(log, error);
  }
}

/** VS Code says nothing of an activation that fails. */
function showStartFailure(error: unknown): void {
  const reason = error instanceof Error ? error.message : String(error);
  void vscode.window.showErrorMessage(vscode.l10n.t('MoRA Studio cannot start: {0}', reason));
}
