import { describe, expect, it, vi } from 'vitest';
import { openSelectedRow } from '../../../../src/host/runs/openSelectedRow';
import type { RunNode, RunTree } from '../../../../src/host/runs/runTree';

const { executeCommand } = vi.hoisted(() => ({ executeCommand: vi.fn(() => Promise.resolve()) }));
vi.mock('vscode', () => ({ commands: { executeCommand } }));

const ROW: RunNode = { kind: 'run', root: '/project/.mora/runs/a' };
const tree = null as unknown as RunTree;

describe('a click on a row', () => {
  it('opens its run also where the view is drawn anew, which for a moment has nothing selected', async () => {
    let looks = 0;
    const view = {
      get selection(): RunNode[] {
        return looks++ < 3 ? [] : [ROW];
      },
    };
    await openSelectedRow(view as unknown as Parameters<typeof openSelectedRow>[0], tree);
    expect(executeCommand).toHaveBeenCalledExactlyOnceWith('mora.openRun', ROW.root);
  });
});
