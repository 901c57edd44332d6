import * as vscode from 'vscode';
import { UserError } from '../../config/userError';
import { runPaths } from '../../run/runDirectory';
import { isActive, type ObservedState } from '../../run/status';
import type { Control } from '../protocol/runPanel';
import type { Services } from '../services';
import { resumeFromCheckpoint } from '../training/train';
import { deleteRuns } from './deleteRun';
import { duplicateConfiguration } from './duplicateConfiguration';
import { filterRunsByState, filterRunsByText } from './filterRuns';
import type { RunTree } from './runTree';
import type { RunTreeOptions } from './runTreeOptions';
import { selectedRoots } from './selectedRoots';
import type { Run } from '../../run/run';
import { chooseRun } from './chooseRun';

type Handler = (...args: unknown[]) => Promise<void>;

/** The commands on runs. Each takes a row of the tree or a run's folder; from the palette it asks which run. */
export function runCommands(
  services: Services,
  tree: RunTree,
  options: RunTreeOptions,
): Readonly<Record<string, Handler>> {
  const { runs } = services;
  const on =
    (states: (run: Run) => boolean, question: string, act: (run: Run) => void | Promise<void>): Handler =>
    async (argument) => {
      const run = await chooseRun(runs, argument, states, question);
      if (run !== undefined) await act(run);
    };
  const is =
    (...states: readonly ObservedState[]) =>
    (run: Run) =>
      states.includes(run.state);
  const any = (): boolean => true;
  const control =
    (order: Control) =>
    async ({ root }: Run): Promise<void> => {
      const { controlRun } = await import('../../engine/rpc/controlRun');
      await controlRun(root, order);
      await runs.read(root);
    };
  return {
    'mora.pauseRun': on(is('running'), 'Pause which run?', control('pause')),
    'mora.resumeRun': on(is('paused'), 'Resume which run?', control('resume')),
    'mora.saveRun': on(is('running', 'paused'), 'Save a checkpoint of which run?', control('save')),
    'mora.sampleRun': on(is('running', 'paused'), 'Let the model of which run write?', control('sample')),
    'mora.stopRun': on(is('starting', 'running', 'paused'), 'Stop which run?', control('stop')),
    'mora.resumeFromCheckpoint': on(
      (run) => !isActive(run.state) && run.checkpoints.length > 0,
      'Resume which run from its last checkpoint?',
      (run) => resumeFromCheckpoint(services, run.root),
    ),
    'mora.openLog': on(any, 'Open the log of which run?', (run) => openFile(runPaths(run.root).log, 'log')),
    'mora.openConfiguration': on(any, 'Open the configuration of which run?', (run) =>
      openFile(runPaths(run.root).config, 'configuration'),
    ),
    'mora.revealRun': async (argument) => {
      const folder = checkpointFolderOf(argument) ?? (await chooseRun(runs, argument, any, 'Reveal which run?'))?.root;
      if (folder !== undefined) await reveal(vscode.Uri.file(folder));
    },
    'mora.duplicateConfiguration': on(any, 'Duplicate the configuration of which run?', duplicateConfiguration),
    'mora.deleteRun': async (argument, selection) => {
      const selected = selectedRoots(argument, selection).flatMap((root) => runs.get(root) ?? []);
      const hasEnded = (run: Run): boolean => !isActive(run.state);
      if (selected.length > 1) {
        const active = selected.find((run) => !hasEnded(run));
        if (active !== undefined) throw new UserError(`${active.name} is ${active.state}; stop it, then delete it.`);
        await deleteRuns(selected, runs);
        return;
      }
      const run = await chooseRun(runs, argument, hasEnded, 'Delete which run?');
      if (run !== undefined) await deleteRuns([run], runs);
    },
    'mora.filterRuns': () => filterRunsByText(options),
    'mora.filterRunsByState': () => filterRunsByState(options),
    'mora.clearRunFilter': async () => options.clear(),
    'mora.groupRunsByConfiguration': async () => void (options.isByConfiguration = true),
    'mora.groupRunsByState': async () => void (options.isByConfiguration = false),
    'mora.showMoreRuns': async (list) => {
      if (typeof list === 'string') tree.showMore(list);
    },
    'mora.refreshRuns': () => runs.scan(),
  };
}

function checkpointFolderOf(argument: unknown): string | undefined {
  if (typeof argument !== 'object' || argument === null || !('checkpoint' in argument)) return undefined;
  const { checkpoint } = argument;
  return typeof checkpoint === 'object' &&
    checkpoint !== null &&
    'folder' in checkpoint &&
    typeof checkpoint.folder === 'string'
    ? checkpoint.folder
    : undefined;
}

async function openFile(file: string, what: string): Promise<void> {
  try {
    await vscode.window.showTextDocument(vscode.Uri.file(file), { preview: true });
  } catch {
    throw new UserError(`${file}: the run has no ${what} that can be opened.`);
  }
}

/** The explorer where it shows the folder; else the system's file manager, which a browser does not have. */
async function reveal(uri: vscode.Uri): Promise<void> {
  const inWorkspace = vscode.workspace.getWorkspaceFolder(uri) !== undefined;
  await vscode.commands.executeCommand(inWorkspace ? 'revealInExplorer' : 'revealFileInOS', uri);
}
