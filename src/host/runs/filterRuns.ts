import * as vscode from 'vscode';
import { GROUP_TITLES, GROUPS } from './runGroup';
import type { RunTreeOptions } from './runTreeOptions';

/** Typing narrows the tree once it pauses. */
const PAUSE_MS = 150;

/** Asks for words; the tree follows while one types, and is as before when one turns away. */
export async function filterRunsByText(options: RunTreeOptions): Promise<void> {
  const before = options.text;
  const input = vscode.window.createInputBox();
  input.title = vscode.l10n.t('Filter Runs');
  input.prompt = vscode.l10n.t(
    'Words in the name or the time of a run, or in the name of its folder: “pronounce 20260131”',
  );
  input.value = before;
  let pause: ReturnType<typeof setTimeout> | undefined;
  input.onDidChangeValue((value) => {
    clearTimeout(pause);
    pause = setTimeout(() => (options.text = value), PAUSE_MS);
  });
  const isAccepted = await new Promise<boolean>((resolve) => {
    input.onDidAccept(() => resolve(true));
    input.onDidHide(() => resolve(false));
    input.show();
  });
  clearTimeout(pause);
  options.text = isAccepted ? input.value : before;
  input.dispose();
}

export async function filterRunsByState(options: RunTreeOptions): Promise<void> {
  const items = GROUPS.map((group) => ({
    label: GROUP_TITLES[group],
    picked: options.groups.length === 0 || options.groups.includes(group),
    group,
  }));
  const picked = await vscode.window.showQuickPick(items, {
    canPickMany: true,
    placeHolder: vscode.l10n.t('Show which runs?'),
  });
  if (picked !== undefined) options.groups = picked.map(({ group }) => group);
}
