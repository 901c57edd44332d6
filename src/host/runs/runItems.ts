import * as vscode from 'vscode';
import { counted } from '../../language/counted';
import { formatNumber, formatTime } from '../../language/language';
import type { CheckpointEntry } from '../../run/checkpoints';
import type { ObservedState } from '../../run/status';
import type { Run } from '../../run/run';
import { opens } from './openSelectedRow';
import { GROUP_TITLES, type Group } from './runGroup';
import type { ConfigurationRuns } from './runRoots';
import { describeProgress, spokenRun } from './runText';
import { runTooltip } from './runTooltip';

const STATE_ICONS: Readonly<Record<ObservedState, readonly [icon: string, color: string]>> = {
  starting: ['loading~spin', 'charts.blue'],
  running: ['pulse', 'charts.blue'],
  paused: ['debug-pause', 'charts.yellow'],
  stopping: ['loading~spin', 'charts.yellow'],
  finished: ['pass-filled', 'testing.iconPassed'],
  stopped: ['stop-circle', 'charts.yellow'],
  failed: ['error', 'testing.iconFailed'],
  interrupted: ['warning', 'problemsWarningIcon.foreground'],
};

export function groupItem(group: Group, count: number): vscode.TreeItem {
  const item = new vscode.TreeItem(GROUP_TITLES[group], vscode.TreeItemCollapsibleState.Expanded);
  item.id = group;
  item.description = String(count);
  item.contextValue = 'group';
  item.accessibilityInformation = { label: `${GROUP_TITLES[group]}, ${countedRuns(count)}` };
  return item;
}

export function configurationItem(
  { key, name }: ConfigurationRuns,
  count: number,
  isOnly: boolean,
  folder: string | undefined,
): vscode.TreeItem {
  const { Collapsed, Expanded } = vscode.TreeItemCollapsibleState;
  const item = new vscode.TreeItem(name, isOnly ? Expanded : Collapsed);
  item.id = `configuration ${key}`;
  item.description = [String(count), folder].filter((part) => part !== undefined).join(' · ');
  item.iconPath = new vscode.ThemeIcon('json');
  item.contextValue = 'configuration';
  item.tooltip = key;
  const parts = [name, folder, countedRuns(count)];
  item.accessibilityInformation = { label: parts.filter((part) => part !== undefined).join(', ') };
  return item;
}

/** The row that shows older runs of a list. */
export function moreItem(list: string, rest: number, page: number): vscode.TreeItem {
  const item = new vscode.TreeItem(
    counted(Math.min(rest, page), vscode.l10n.t('Show {0} older…'), vscode.l10n.t('Show {0} older…')),
  );
  item.id = `more ${list}`;
  item.description = counted(rest, vscode.l10n.t('{0} not looked at'), vscode.l10n.t('{0} not looked at'));
  item.iconPath = new vscode.ThemeIcon('ellipsis');
  item.contextValue = 'more';
  item.command = opens(vscode.l10n.t('Show Older Runs'));
  return item;
}

/**
 * `folder` is said where runs of several folders stand side by side; below its configuration a run goes by its time, for
 * the name is the same for all.
 */
export function runItem(run: Run, folder: string | undefined, isBelowConfiguration: boolean): vscode.TreeItem {
  const hasCheckpoint = run.checkpoints.length > 0;
  const item = new vscode.TreeItem(
    isBelowConfiguration ? formatTime(new Date(run.status.startedAt)) : run.name,
    hasCheckpoint ? vscode.TreeItemCollapsibleState.Collapsed : vscode.TreeItemCollapsibleState.None,
  );
  const [icon, color] = STATE_ICONS[run.state];
  item.id = run.root;
  item.iconPath = new vscode.ThemeIcon(icon, new vscode.ThemeColor(color));
  const progress = describeProgress(run.status, run.state);
  item.description = folder === undefined ? progress : `${folder} · ${progress}`;
  item.tooltip = new vscode.MarkdownString(runTooltip(run), true);
  // The menus in package.json match on this: run.<state>, then .checkpoint when there is one.
  item.contextValue = `run.${run.state}${hasCheckpoint ? '.checkpoint' : ''}`;
  item.accessibilityInformation = { label: spokenRun(run.name, run.status, run.state) };
  item.command = opens(vscode.l10n.t('Open Run'));
  return item;
}

export function checkpointItem({ step, folder }: CheckpointEntry): vscode.TreeItem {
  const item = new vscode.TreeItem(vscode.l10n.t('Step {0}', formatNumber(step)));
  item.id = folder;
  item.iconPath = new vscode.ThemeIcon('git-commit');
  item.contextValue = 'checkpoint';
  item.tooltip = vscode.l10n.t(
    'Checkpoint at step {0}: the adapter, and what the optimizer needs to go on.',
    formatNumber(step),
  );
  item.accessibilityInformation = { label: vscode.l10n.t('Checkpoint at step {0}', formatNumber(step)) };
  item.command = opens(vscode.l10n.t('Open Rank View'));
  return item;
}

function countedRuns(count: number): string {
  return counted(count, vscode.l10n.t('{0} run'), vscode.l10n.t('{0} runs'));
}
