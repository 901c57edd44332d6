import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { RUNS_FOLDER } from '../../run/runDirectory';
import { observedState, readStatus } from '../../run/status';
import { describeProgress } from '../runs/runText';

/** More runs than anyone scrolls through. */
const MAX_RUNS = 500;

export interface RunItem extends vscode.QuickPickItem {
  readonly root: string;
}

/** The runs of the workspace for a quick pick, newest first; `root`'s own siblings too when it lies elsewhere. */
export async function runItems(root: string): Promise<RunItem[]> {
  const pattern = `**/${RUNS_FOLDER.replaceAll('\\', '/')}/*/status.json`;
  const inWorkspace = await vscode.workspace.findFiles(pattern, '**/node_modules/**', MAX_RUNS);
  const roots = new Set(inWorkspace.map(({ fsPath }) => dirname(fsPath)));
  for (const sibling of await siblings(root)) roots.add(sibling);
  roots.delete(root);
  const items = await Promise.all([...roots].map((other) => runItem(other)));
  return items.filter((item) => item !== undefined).sort((a, b) => b.startedAt.localeCompare(a.startedAt));
}

async function runItem(root: string): Promise<(RunItem & { startedAt: string }) | undefined> {
  const status = await readStatus(join(root, 'status.json'));
  if (status === undefined) return undefined;
  return {
    root,
    label: basename(root),
    description: describeProgress(status, observedState(status, hostname())),
    startedAt: status.startedAt,
  };
}

async function siblings(root: string): Promise<string[]> {
  try {
    const entries = await vscode.workspace.fs.readDirectory(vscode.Uri.file(dirname(root)));
    return entries
      .filter(([, type]) => type === vscode.FileType.Directory)
      .map(([name]) => join(dirname(root), name))
      .slice(0, MAX_RUNS);
  } catch {
    return [];
  }
}
