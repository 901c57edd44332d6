import { describe, expect, it, vi } from 'vitest';
import { Emitter } from 'vscode-jsonrpc';
import { RunTree, type RunNode } from '../../../../src/host/runs/runTree';
import type { RunStore } from '../../../../src/host/runs/runStore';
import type { RunTreeOptions } from '../../../../src/host/runs/runTreeOptions';
import type { Run } from '../../../../src/run/run';

// All that the tree takes of it before rows are drawn.
vi.mock('vscode', async () => ({ EventEmitter: (await import('vscode-jsonrpc')).Emitter }));

const run = { root: '/runs/a', state: 'running', checkpoints: [] } as unknown as Run;

function treeOver(runs: readonly Run[]) {
  const changes = new Emitter<Run | undefined>();
  const store = {
    onDidChange: changes.event,
    list: () => Promise.resolve({ runs, rest: 0 }),
    get: (root: string) => runs.find((each) => each.root === root),
  };
  const options = { onDidChange: new Emitter<void>().event, text: '', groups: [], isByConfiguration: false };
  const tree = new RunTree(store as unknown as RunStore, options as unknown as RunTreeOptions);
  const refreshed: (RunNode | undefined)[] = [];
  tree.onDidChangeTreeData((node) => refreshed.push(node));
  return { tree, changes, refreshed };
}

describe('a step of a run', () => {
  it('refreshes nothing before its row was asked for: the whole view would begin anew with each', async () => {
    const { tree, changes, refreshed } = treeOver([run]);
    await tree.getChildren();
    changes.fire(run);
    expect(refreshed).toEqual([]);
  });

  it('refreshes its row by the object that the view was given', async () => {
    const { tree, changes, refreshed } = treeOver([run]);
    const [group] = await tree.getChildren();
    const [row] = await tree.getChildren(group);
    changes.fire(run);
    expect(refreshed).toHaveLength(1);
    expect(refreshed[0]).toBe(row);
  });
});

describe('a change of the set of runs', () => {
  it('refreshes the whole view', () => {
    const { changes, refreshed } = treeOver([]);
    changes.fire(undefined);
    expect(refreshed).toEqual([undefined]);
  });
});
