import * as vscode from 'vscode';
import type { CheckpointEntry } from '../../run/checkpoints';
import type { Run } from '../../run/run';
import { Disposables } from '../disposables';
import { GROUPS, groupOf, type Group } from './runGroup';
import type { RunList, RunQuery } from './runIndex';
import { checkpointItem, configurationItem, groupItem, moreItem, runItem } from './runItems';
import type { ConfigurationRuns } from './runRoots';
import type { RunStore } from './runStore';
import type { RunTreeOptions } from './runTreeOptions';

/** A row of the tree. The commands of its context menu take it as their argument. */
export type RunNode =
  | { readonly kind: 'group'; readonly group: Group }
  | {
      readonly kind: 'configuration';
      readonly configuration: ConfigurationRuns;
      /** How many of them fit. */
      readonly count: number;
      readonly isOnly: boolean;
    }
  | { readonly kind: 'run'; readonly root: string }
  | { readonly kind: 'checkpoint'; readonly root: string; readonly checkpoint: CheckpointEntry }
  | { readonly kind: 'more'; readonly list: string; readonly rest: number };

/** Runs that a list shows at first, and more of at a time: more than one scrolls through to find one. */
const PAGE = 100;

/** The list of all runs, beside those of the configurations. */
const ALL = '';

/**
 * The view mora.runs: Running, Finished and Failed runs, or the runs of each configuration; under each run its
 * checkpoints. Only the newest are read, and older ones a page at a time when asked for.
 */
export class RunTree implements vscode.TreeDataProvider<RunNode>, vscode.Disposable {
  private readonly owned = new Disposables();
  private readonly changed = this.owned.add(new vscode.EventEmitter<RunNode | undefined>());
  // VS Code refreshes a row by the very object it was given.
  private readonly groups = new Map(GROUPS.map((group) => [group, { kind: 'group', group } as const]));
  private readonly nodes = new Map<string, RunNode & { kind: 'run' }>();
  private readonly limits = new Map<string, number>();
  private list: RunList = { runs: [], rest: 0 };
  /** Counts what was asked for: reading for an earlier filter ends when it has changed. */
  private generation = 0;
  /** Whether VS Code was told so: by itself it takes a view that is still being filled for an empty one. */
  private hasNone = false;

  readonly onDidChangeTreeData = this.changed.event;

  constructor(
    private readonly store: RunStore,
    private readonly options: RunTreeOptions,
  ) {
    this.owned.add(
      store.onDidChange((run) => {
        if (run === undefined) {
          this.changed.fire(undefined);
          return;
        }
        // A row that was not asked for yet will be new then. To refresh the whole view for it would, step by step, begin
        // anew before a busy machine has come to the rows.
        const node = this.nodes.get(run.root);
        if (node !== undefined) this.changed.fire(node);
      }),
    );
    this.owned.add(
      options.onDidChange(() => {
        this.generation++;
        this.limits.clear();
        this.changed.fire(undefined);
      }),
    );
  }

  /** Shows another page of a list. */
  showMore(list: string): void {
    this.limits.set(list, (this.limits.get(list) ?? PAGE) + PAGE);
    this.changed.fire(undefined);
  }

  async getChildren(node?: RunNode): Promise<RunNode[]> {
    if (node === undefined) return this.topRows();
    switch (node.kind) {
      case 'group':
        return this.runsOf(node.group).map((run) => this.nodeOf(run.root));
      case 'configuration': {
        const { key } = node.configuration;
        const list = await this.listOf(key);
        return [...list.runs.map((run) => this.nodeOf(run.root)), ...moreOf(key, list)];
      }
      case 'run':
        return (this.store.get(node.root)?.checkpoints ?? []).map((checkpoint) => ({
          kind: 'checkpoint',
          root: node.root,
          checkpoint,
        }));
      case 'checkpoint':
      case 'more':
        return [];
    }
  }

  getTreeItem(node: RunNode): vscode.TreeItem {
    switch (node.kind) {
      case 'group':
        return groupItem(node.group, this.runsOf(node.group).length);
      case 'configuration':
        return configurationItem(node.configuration, node.count, node.isOnly, folderNameOf(node.configuration.folder));
      case 'run': {
        const run = this.store.get(node.root);
        // Deleted between two refreshes; the row is about to go.
        return run === undefined ? new vscode.TreeItem('') : this.itemOf(run);
      }
      case 'checkpoint':
        return checkpointItem(node.checkpoint);
      case 'more':
        return moreItem(node.list, node.rest, PAGE);
    }
  }

  dispose(): void {
    this.generation++;
    this.owned.dispose();
  }

  private async topRows(): Promise<RunNode[]> {
    const { generation } = this;
    const rows = await (this.options.isByConfiguration ? this.configurations() : this.states());
    if (this.generation === generation) this.tell(rows.length === 0);
    return rows;
  }

  /** The view says that there are no runs by a context key, and so not before they have been looked for. */
  private tell(hasNone: boolean): void {
    if (this.hasNone === hasNone) return;
    this.hasNone = hasNone;
    void vscode.commands.executeCommand('setContext', 'mora.noRuns', hasNone);
  }

  private async states(): Promise<RunNode[]> {
    this.list = await this.listOf(ALL);
    return [
      ...[...this.groups.values()].filter(({ group }) => this.runsOf(group).length > 0),
      ...moreOf(ALL, this.list),
    ];
  }

  private async configurations(): Promise<RunNode[]> {
    const { text, groups } = this.options;
    const found = await this.store.configurations(text);
    const counted =
      groups.length === 0
        ? found.map((configuration) => ({ configuration, count: configuration.roots.length }))
        : await this.countFitting(found);
    return counted.map((each) => ({ kind: 'configuration', ...each, isOnly: counted.length === 1 }));
  }

  /** Which configurations have runs of the states asked for is known when all are read. */
  private async countFitting(found: readonly ConfigurationRuns[]) {
    const { runs } = await this.read({}, Infinity);
    const fitting = new Set(runs.map(({ root }) => root));
    return found
      .map((configuration) => ({
        configuration,
        count: configuration.roots.filter((root) => fitting.has(root)).length,
      }))
      .filter(({ count }) => count > 0);
  }

  private listOf(list: string): Promise<RunList> {
    return this.read(list === ALL ? {} : { configuration: list }, this.limits.get(list) ?? PAGE);
  }

  private read(of: Pick<RunQuery, 'configuration'>, limit: number): Promise<RunList> {
    const { text, groups } = this.options;
    const { generation } = this;
    return this.store.list({ ...of, text, groups }, limit, () => this.generation !== generation);
  }

  private runsOf(group: Group): RunList['runs'] {
    return this.list.runs.filter((run) => groupOf(run.state) === group);
  }

  private nodeOf(root: string): RunNode {
    const known = this.nodes.get(root) ?? { kind: 'run', root };
    this.nodes.set(root, known);
    return known;
  }

  private itemOf(run: Run): vscode.TreeItem {
    const { isByConfiguration } = this.options;
    return runItem(run, isByConfiguration ? undefined : folderNameOf(run.root), isByConfiguration);
  }
}

function moreOf(list: string, { rest }: RunList): RunNode[] {
  return rest > 0 ? [{ kind: 'more', list, rest }] : [];
}

/** Which folder of the workspace, where there are several. */
function folderNameOf(path: string): string | undefined {
  if ((vscode.workspace.workspaceFolders ?? []).length < 2) return undefined;
  return vscode.workspace.getWorkspaceFolder(vscode.Uri.file(path))?.name;
}
