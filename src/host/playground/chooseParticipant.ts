import { basename } from 'node:path';
import * as vscode from 'vscode';
import { listCheckpoints } from '../../run/checkpoints';
import { runPaths } from '../../run/runDirectory';
import { readStatus } from '../../run/status';
import { formatNumber } from '../../language/language';
import { runItems } from '../panels/runPicker';
import { baseOf, participantAt, runOf, type Participant } from './participant';

interface Item extends vscode.QuickPickItem {
  readonly participant?: () => Promise<Participant | undefined>;
}

/** Asks who shall answer beside the others: their base models, checkpoints of their runs, other runs, or a folder. */
export async function chooseParticipant(
  place: number,
  participants: readonly Participant[],
): Promise<Participant | undefined> {
  const items = [
    ...baseItems(participants),
    ...(await checkpointItems(participants)),
    ...(await otherRuns(participants)),
    { label: '', kind: vscode.QuickPickItemKind.Separator },
    { ...folderItem(), participant: browse },
  ];
  const placeHolder =
    participants[place] === undefined
      ? vscode.l10n.t('Who answers beside it?')
      : vscode.l10n.t('Who answers here instead?');
  const picked = await vscode.window.showQuickPick<Item>(items, { placeHolder, matchOnDescription: true });
  return picked?.participant?.();
}

/** What to open a playground with when nothing was clicked. */
export async function choosePlayground(): Promise<string | undefined> {
  const folder = { ...folderItem(), root: '' };
  const picked = await vscode.window.showQuickPick([...(await runItems('')), folder], {
    placeHolder: vscode.l10n.t('Talk to which run, adapter or model?'),
  });
  return picked === folder ? browseFolder(vscode.l10n.t('Talk to It')) : picked?.root;
}

/** The model folder of an adapter that does not say which, or whose model is elsewhere. */
export function chooseBaseModel({ name }: Participant): Promise<string | undefined> {
  return browseFolder(vscode.l10n.t('Use as Base'), vscode.l10n.t('Which model was {0} trained on?', name));
}

function folderItem(): vscode.QuickPickItem {
  return { label: `$(folder-opened) ${vscode.l10n.t('Adapter or Model Folder…')}`, alwaysShow: true };
}

function baseItems(participants: readonly Participant[]): Item[] {
  const bases = new Map<string, Participant>();
  for (const base of participants.map(baseOf)) if (base?.model) bases.set(base.model, base);
  return [...bases.values()].map((base) => ({
    label: `$(symbol-misc) ${base.name}`,
    description: base.detail,
    detail: base.model ?? '',
    participant: () => Promise.resolve(base),
  }));
}

async function checkpointItems(participants: readonly Participant[]): Promise<Item[]> {
  const roots = new Set(participants.flatMap(({ adapter }) => (adapter === null ? [] : (runOf(adapter) ?? []))));
  const lists = await Promise.all(
    [...roots].map(async (root): Promise<Item[]> => {
      const checkpoints = (await listCheckpoints(runPaths(root).checkpoints)).reverse();
      const best = (await readStatus(runPaths(root).status))?.bestStep;
      return [
        { label: basename(root), kind: vscode.QuickPickItemKind.Separator },
        ...checkpoints.map(({ step, folder }) => ({
          label: `$(git-commit) ${vscode.l10n.t('Step {0}', formatNumber(step))}`,
          description: step === best ? vscode.l10n.t('lowest validation loss') : '',
          participant: () => participantAt(folder),
        })),
      ];
    }),
  );
  return lists.flat();
}

async function otherRuns(participants: readonly Participant[]): Promise<Item[]> {
  const own = participants.flatMap(({ adapter }) => (adapter === null ? [] : (runOf(adapter) ?? [])));
  const runs = (await runItems('')).filter(({ root }) => !own.includes(root));
  if (runs.length === 0) return [];
  return [
    { label: vscode.l10n.t('Other runs, newest checkpoint'), kind: vscode.QuickPickItemKind.Separator },
    ...runs.map(({ root, label, description }) => ({
      label,
      description: description ?? '',
      participant: () => participantAt(root),
    })),
  ];
}

async function browse(): Promise<Participant | undefined> {
  const folder = await browseFolder(vscode.l10n.t('Let It Answer'));
  return folder === undefined ? undefined : participantAt(folder);
}

async function browseFolder(openLabel: string, title?: string): Promise<string | undefined> {
  const folders = await vscode.window.showOpenDialog({
    canSelectFiles: false,
    canSelectFolders: true,
    openLabel,
    ...(title !== undefined && { title }),
  });
  return folders?.[0]?.fsPath;
}
