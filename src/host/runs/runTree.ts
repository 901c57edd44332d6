import * as vscode from 'vscode';
import type { CheckpointEntry } from '../../run/checkpoints';
import { isActive } from '../../run/status';
import { Disposables } from '../disposables';
import type { Run } from '../../run/run';
import type { RunStore } from './runStore';
import { runItem, checkpointItem, groupItem, type Group } from './runItems';

/** A row of the tree. The commands of its context menu take it as their argument. */
export type RunNode =
  | { readonly kind: 'group'; readonly group: Group }
  | { readonly kind: 'run'; readonly root: string }
  | { readonly kind: 'checkpoint'; readonly root: string; readonly checkpoint: CheckpointEntry };

const GROUPS: readonly Group[] = ['running', 'finished', 'failed'];

/** The view mora.runs: Running, Finished and Failed runs, and under each run its checkpoints. */
export class RunTree implements vscode.TreeDataProvider<RunNode>, vscode.Disposable {
  private readonly owned = new Disposables();
  private readonly changed = this.owned.add(new vscode.EventEmitter<RunNode | undefined>());
  // VS Code refreshes a row by the very object it was given.
  private readonly groups = new Map(GROUPS.map((group) => [group, { kind: 'group', group } as const]));
  private readonly nodes = new Map<string, RunNode & { kind: 'run' }>();

  readonly onDidChangeTreeData = this.changed.event;

  constructor(private readonly store: RunStore) {
    this.owned.add(
      store.onDidChange((run) => this.changed.fire(run === undefined ? undefined : this.nodes.get(run.root))),
    );
  }

  async getChildren(node?: RunNode): Promise<RunNode[]> {
    if (node === undefined) {
      await this.store.scanned();
      return [...this.groups.values()].filter(({ group }) => this.runsOf(group).length > 0);
    }
    switch (node.kind) {
      case 'group':
        return this.runsOf(node.group).map((run) => this.nodeOf(run.root));
      case 'run':
        return (this.store.get(node.root)?.checkpoints ?? []).map((checkpoint) => ({
          kind: 'checkpoint',
          root: node.root,
          checkpoint,
        }));
      case 'checkpoint':
        return [];
    }
  }

  getTreeItem(node: RunNode): vscode.TreeItem {
    switch (node.kind) {
      case 'group':
        return groupItem(node.group, this.runsOf(node.group).length);
      case 'run': {
        const run = this.store.get(node.root);
        // Deleted between two refreshes; the row is about to go.
        return run === undefined ? new vscode.TreeItem('') : runItem(run);
      }
      case 'checkpoint':
        return checkpointItem(node.root, node.checkpoint);
    }
  }

  dispose(): void {
    this.owned.dispose();
  }

  private runsOf(group: Group): readonly Run[] {
    return this.store.all().filter((run) => groupOf(run) === group);
  }

  private nodeOf(root: string): RunNode {
    const known = this.nodes.get(root) ?? { kind: 'run', root };
    this.nodes.set(root, known);
    return known;
  }
}

function groupOf(run: Run): Group {
  if (isActive(run.state)) return 'running';
  return run.state === 'failed' || run.state === 'interrupted' ? 'failed' : 'finished';
}
