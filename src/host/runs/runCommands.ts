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
import { stateWord } from './runText';
import { openSelectedRow } from './openSelectedRow';
import type { RunNode, RunTree } from './runTree';
import type { RunTreeOptions } from './runTreeOptions';
import { selectedRoots } from './selectedRoots';
import type { Run } from '../../run/run';
import { chooseRun } from './chooseRun';

type Handler = (...args: unknown[]) => Promise<void>;

/** The commands on runs. Each takes a row of the tree or a run's folder; from the palette it asks which run. */
export function runCommands(
  services: Services,
  view: vscode.TreeView<RunNode>,
  tree: RunTree,
  options: RunTreeOptions,
): Readonly<Record<string, Handler>> {
  const { runs } = services;
  const { l10n } = vscode;
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
    'mora.pauseRun': on(is('running'), l10n.t('Pause which run?'), control('pause')),
    'mora.resumeRun': on(is('paused'), l10n.t('Resume which run?'), control('resume')),
    'mora.saveRun': on(is('running', 'paused'), l10n.t('Save a checkpoint of which run?'), control('save')),
    'mora.sampleRun': on(is('running', 'paused'), l10n.t('Let the model of which run write?'), control('sample')),
    'mora.stopRun': on(is('starting', 'running', 'paused'), l10n.t('Stop which run?'), control('stop')),
    'mora.resumeFromCheckpoint': on(
      (run) => !isActive(run.state) && run.checkpoints.length > 0,
      l10n.t('Resume which run from its last checkpoint?'),
      (run) => resumeFromCheckpoint(services, run.root),
    ),
    'mora.openLog': on(any, l10n.t('Open the log of which run?'), (run) => {
      const { log } = runPaths(run.root);
      return openFile(log, l10n.t('{0}: the run has no log that can be opened.', log));
    }),
    'mora.openConfiguration': on(any, l10n.t('Open the configuration of which run?'), (run) => {
      const { config } = runPaths(run.root);
      return openFile(config, l10n.t('{0}: the run has no configuration that can be opened.', config));
    }),
    'mora.revealRun': async (argument) => {
      const folder =
        checkpointFolderOf(argument) ?? (await chooseRun(runs, argument, any, l10n.t('Reveal which run?')))?.root;
      if (folder !== undefined) await reveal(vscode.Uri.file(folder));
    },
    'mora.duplicateConfiguration': on(any, l10n.t('Duplicate the configuration of which run?'), duplicateConfiguration),
    'mora.deleteRun': async (argument, selection) => {
      const selected = selectedRoots(argument, selection).flatMap((root) => runs.get(root) ?? []);
      const hasEnded = (run: Run): boolean => !isActive(run.state);
      if (selected.length > 1) {
        const active = selected.find((run) => !hasEnded(run));
        if (active !== undefined) {
          const state = stateWord(active.state);
          throw new UserError(l10n.t('{0} is {1}; stop it, then delete it.', active.name, state));
        }
        await deleteRuns(selected, runs);
        return;
      }
      const run = await chooseRun(runs, argument, hasEnded, l10n.t('Delete which run?'));
      if (run !== undefined) await deleteRuns([run], runs);
    },
    'mora.filterRuns': () => filterRunsByText(options),
    'mora.filterRunsByState': () => filterRunsByState(options),
    'mora.clearRunFilter': async () => options.clear(),
    'mora.groupRunsByConfiguration': async () => void (options.isByConfiguration = true),
    'mora.groupRunsByState': async () => void (options.isByConfiguration = false),
    'mora.openSelectedRow': () => openSelectedRow(view, tree),
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

async function openFile(file: string, otherwise: string): Promise<void> {
  try {
    await vscode.window.showTextDocument(vscode.Uri.file(file), { preview: true });
  } catch {
    throw new UserError(otherwise);
  }
}

/** The explorer where it shows the folder; else the system's file manager, which a browser does not have. */
async function reveal(uri: vscode.Uri): Promise<void> {
  const inWorkspace = vscode.workspace.getWorkspaceFolder(uri) !== undefined;
  await vscode.commands.executeCommand(inWorkspace ? 'revealInExplorer' : 'revealFileInOS', uri);
}
