import { basename, dirname } from 'node:path';
import * as vscode from 'vscode';
import { z } from 'zod';
import { UserError } from '../../config/userError';
import { folderOf } from '../folderOf';
import { differenceKey } from './rankKey';
import { runItems } from './runPicker';

/** More adapters or models than anyone scrolls through. */
const MAX_FOUND = 200;

/** The weights of a model folder: one file, or the index of its shards. */
const MODEL_FILE = /^model\.safetensors(?:\.index\.json)?$/;

/**
 * What a tree gives a command, the row that was clicked and all that are selected where they are more, as keys of at most
 * two sources; undefined when the user turns away.
 */
export async function keysOf(clicked: unknown, selected: unknown): Promise<readonly string[] | undefined> {
  const rows = Array.isArray(selected) && selected.length > 1 ? selected.slice(0, 2) : [clicked];
  const paths = rows.map((row) => (rows.length > 1 ? checkpointOf(row) : undefined) ?? folderOf(row));
  return keysOfPaths(paths.filter((path) => path !== undefined));
}

/** Two checkpoints of one run are two adapters. */
function checkpointOf(row: unknown): string | undefined {
  return z.object({ checkpoint: z.object({ folder: z.string() }) }).safeParse(row).data?.checkpoint.folder;
}

async function keysOfPaths(paths: readonly string[]): Promise<readonly string[] | undefined> {
  const [first, second] = paths;
  if (first === undefined || !MODEL_FILE.test(basename(first))) return paths;
  const tuned = dirname(first);
  if (second !== undefined && MODEL_FILE.test(basename(second))) {
    const base = await chooseBase([tuned, dirname(second)]);
    const other = base === tuned ? dirname(second) : tuned;
    if (base !== undefined) return [differenceKey({ base, tuned: other })];
  } else {
    const base = await pickModel(vscode.l10n.t('Which model was {0} tuned from?', basename(tuned)), tuned);
    if (base !== undefined) return [differenceKey({ base, tuned })];
  }
  return undefined;
}

/** Asks for a run, an adapter or two models; undefined when the user turns away. `path` is not offered. */
export async function pickSource(path: string, question: string): Promise<string | undefined> {
  const [runs, adapters] = await Promise.all([runItems(path), adapterItems(path)]);
  const browse = { label: `$(folder-opened) ${vscode.l10n.t('Adapter folder…')}`, root: '', alwaysShow: true };
  const models = { label: `$(diff) ${vscode.l10n.t('Difference of two model folders…')}`, root: '', alwaysShow: true };
  const separated = (label: string, items: readonly vscode.QuickPickItem[]) =>
    items.length === 0 ? [] : [{ label, kind: vscode.QuickPickItemKind.Separator, root: '' }, ...items];
  const picked = await vscode.window.showQuickPick(
    [
      ...separated(vscode.l10n.t('runs'), runs),
      ...separated(vscode.l10n.t('adapters'), adapters),
      { label: vscode.l10n.t('elsewhere'), kind: vscode.QuickPickItemKind.Separator, root: '' },
      browse,
      models,
    ],
    { placeHolder: question, matchOnDescription: true },
  );
  if (picked === models) return pickDifference();
  if (picked === browse) return browseFolder(vscode.l10n.t('Show Rank'));
  return picked !== undefined && 'root' in picked && typeof picked.root === 'string' ? picked.root : undefined;
}

async function pickDifference(): Promise<string | undefined> {
  const base = await pickModel(vscode.l10n.t('The base model: W₁ of ΔW = W₂ − W₁'), undefined);
  if (base === undefined) return undefined;
  const tuned = await pickModel(vscode.l10n.t('The model that was tuned from {0}: W₂', basename(base)), base);
  if (tuned === undefined) return undefined;
  if (tuned === base) {
    throw new UserError(vscode.l10n.t('{0}: would be compared with itself; choose another folder.', base));
  }
  return differenceKey({ base, tuned });
}

/** Asks for a model folder. The question stays when a panel takes the focus back, which may be some time after the answer before. */
async function pickModel(question: string, except: string | undefined): Promise<string | undefined> {
  const files = await vscode.workspace.findFiles(
    '**/{model.safetensors,model.safetensors.index.json}',
    '**/node_modules/**',
    MAX_FOUND,
  );
  const folders = [...new Set(files.map(({ fsPath }) => dirname(fsPath)))].filter((folder) => folder !== except).sort();
  const browse = { label: `$(folder-opened) ${vscode.l10n.t('Model folder…')}`, folder: '', alwaysShow: true };
  const picked = await vscode.window.showQuickPick([...folders.map(folderItem), browse], {
    placeHolder: question,
    matchOnDescription: true,
    ignoreFocusOut: true,
  });
  return picked === browse ? browseFolder(vscode.l10n.t('Choose Model')) : picked?.folder;
}

async function chooseBase(folders: readonly string[]): Promise<string | undefined> {
  const placeHolder = vscode.l10n.t('Which of the two is the base model, that the other was tuned from?');
  return (await vscode.window.showQuickPick(folders.map(folderItem), { placeHolder }))?.folder;
}

function folderItem(folder: string): vscode.QuickPickItem & { readonly folder: string } {
  return { label: basename(folder), description: vscode.workspace.asRelativePath(dirname(folder)), folder };
}

async function adapterItems(except: string): Promise<(vscode.QuickPickItem & { readonly root: string })[]> {
  // The checkpoints of runs are reached by their runs.
  const files = await vscode.workspace.findFiles(
    '**/adapter_config.json',
    '{**/node_modules/**,**/checkpoints/step-*/**}',
    MAX_FOUND,
  );
  return files
    .map(({ fsPath }) => dirname(fsPath))
    .filter((folder) => folder !== except)
    .map((folder) => {
      const { label, description = '' } = folderItem(folder);
      return { label, description, root: folder };
    });
}

async function browseFolder(openLabel: string): Promise<string | undefined> {
  const folders = await vscode.window.showOpenDialog({ canSelectFiles: false, canSelectFolders: true, openLabel });
  return folders?.[0]?.fsPath;
}
