import { basename, dirname } from 'node:path';
import * as vscode from 'vscode';
import type { Services } from '../services';
import { hubIdProblem } from './hubIdProblem';
import { copyMissing, EMBEDDED_MODEL, embeddedExamples, embeddedModel } from './embedded';

/** More candidates than one reads in a list. */
const MAX_CANDIDATES = 100;

const EXCLUDED = '**/{node_modules,.mora,.git}/**';

interface Source<Taken> extends vscode.QuickPickItem {
  /** Undefined: the user gave up. */
  readonly take?: () => PromiseLike<Taken | undefined>;
}

/**
 * A model folder of the workspace, the embedded model, one picked from disk, or the hub id of a model: of the cache, or
 * typed in. Nothing is asked of the hub; training downloads what is missing, after it said so.
 */
export async function chooseModel(
  { extensionUri, engine, log }: Services,
  folder: vscode.Uri,
): Promise<vscode.Uri | string | undefined> {
  const cached = async (): Promise<readonly string[]> => {
    try {
      return await (await engine.service()).cachedModels();
    } catch (error) {
      // The other sources are as good without; starting a run will say what is wrong with the engine.
      log.error(error instanceof Error ? error : String(error));
      return [];
    }
  };
  const [configs, weights, ids] = await Promise.all([
    vscode.workspace.findFiles('**/config.json', EXCLUDED, MAX_CANDIDATES),
    vscode.workspace.findFiles('**/*.safetensors', EXCLUDED, MAX_CANDIDATES * 10),
    cached(),
  ]);
  const weighted = new Set(weights.map((uri) => dirname(uri.path)));
  const found = configs.map((uri) => vscode.Uri.joinPath(uri, '..')).filter((uri) => weighted.has(uri.path));
  return choose<vscode.Uri | string>(
    vscode.l10n.t('New Configuration ({0}/{1})', 1, 3),
    vscode.l10n.t('Which model is tuned?'),
    [
      ...found.map((uri) => workspaceItem('$(chip)', uri)),
      ...(ids.length === 0 ? [] : [separator(vscode.l10n.t('Hugging Face cache'))]),
      ...ids.map((id) => ({
        label: `$(hubot) ${id}`,
        description: vscode.l10n.t('downloaded'),
        take: () => Promise.resolve(id),
      })),
      separator(vscode.l10n.t('Embedded')),
      {
        label: `$(package) ${EMBEDDED_MODEL}`,
        description: vscode.l10n.t('3 million parameters'),
        detail: vscode.l10n.t('A small Llama that trains in seconds. It is copied into models/ of this workspace.'),
        take: async () => {
          const target = vscode.Uri.joinPath(folder, 'models', EMBEDDED_MODEL);
          await copyMissing(embeddedModel(extensionUri), target);
          return target;
        },
      },
      separator(vscode.l10n.t('Elsewhere')),
      {
        label: `$(cloud-download) ${vscode.l10n.t('Hugging Face hub id…')}`,
        detail: vscode.l10n.t('Training downloads the model; nothing is downloaded before.'),
        take: askHubId,
      },
      {
        label: `$(folder-opened) ${vscode.l10n.t('Browse…')}`,
        take: () => browse(vscode.l10n.t('Model folder'), { canSelectFolders: true, canSelectFiles: false }),
      },
    ],
  );
}

/** A data file of the workspace, the embedded example, or one picked from disk. */
export async function chooseData(extensionUri: vscode.Uri, folder: vscode.Uri): Promise<vscode.Uri | undefined> {
  const found = await vscode.workspace.findFiles('**/*.jsonl', EXCLUDED, MAX_CANDIDATES);
  return choose(
    vscode.l10n.t('New Configuration ({0}/{1})', 2, 3),
    vscode.l10n.t('What does it learn from? JSON Lines with text, prompt and completion, or messages'),
    [
      ...found.map((uri) => workspaceItem('$(file)', uri)),
      separator(vscode.l10n.t('Embedded')),
      {
        label: '$(package) pronounce.train.jsonl',
        description: vscode.l10n.t('8,000 examples'),
        detail: vscode.l10n.t('English words and their pronunciation. It is copied into data/ of this workspace.'),
        take: async () => {
          const target = vscode.Uri.joinPath(folder, 'data');
          await copyMissing(vscode.Uri.joinPath(embeddedExamples(extensionUri), 'data'), target);
          return vscode.Uri.joinPath(target, 'pronounce.train.jsonl');
        },
      },
      separator(vscode.l10n.t('Elsewhere')),
      {
        label: `$(folder-opened) ${vscode.l10n.t('Browse…')}`,
        take: () =>
          browse(vscode.l10n.t('Data file'), {
            filters: { 'JSON Lines': ['jsonl', 'json'], [vscode.l10n.t('All files')]: ['*'] },
          }),
      },
    ],
  );
}

function askHubId(): Thenable<string | undefined> {
  return vscode.window.showInputBox({
    title: vscode.l10n.t('New Configuration ({0}/{1})', 1, 3),
    prompt: vscode.l10n.t('Hub id of a model, with a branch, tag or commit after @ if it should not be the newest'),
    placeHolder: vscode.l10n.t('org/name or org/name@revision'),
    ignoreFocusOut: true,
    validateInput: hubIdProblem,
  });
}

async function choose<Taken>(
  title: string,
  placeHolder: string,
  items: readonly Source<Taken>[],
): Promise<Taken | undefined> {
  const chosen = await vscode.window.showQuickPick(items, { title, placeHolder, matchOnDescription: true });
  return chosen?.take?.();
}

function workspaceItem(icon: string, uri: vscode.Uri): Source<vscode.Uri> {
  return {
    label: `${icon} ${basename(uri.fsPath)}`,
    description: vscode.workspace.asRelativePath(uri),
    take: () => Promise.resolve(uri),
  };
}

function separator(label: string): Source<never> {
  return { label, kind: vscode.QuickPickItemKind.Separator };
}

async function browse(title: string, options: vscode.OpenDialogOptions): Promise<vscode.Uri | undefined> {
  return (await vscode.window.showOpenDialog({ title, openLabel: vscode.l10n.t('Choose'), ...options }))?.[0];
}
