import { basename, dirname } from 'node:path';
import * as vscode from 'vscode';
import { copyMissing, EMBEDDED_MODEL, embeddedExamples, embeddedModel } from './embedded';

/** More candidates than one reads in a list. */
const MAX_CANDIDATES = 100;

const EXCLUDED = '**/{node_modules,.mora,.git}/**';

interface Source extends vscode.QuickPickItem {
  /** Undefined: the user gave up. */
  readonly take?: () => Promise<vscode.Uri | undefined>;
}

/** A model folder of the workspace, the embedded model, or one picked from disk. */
export async function chooseModel(extensionUri: vscode.Uri, folder: vscode.Uri): Promise<vscode.Uri | undefined> {
  const [configs, weights] = await Promise.all([
    vscode.workspace.findFiles('**/config.json', EXCLUDED, MAX_CANDIDATES),
    vscode.workspace.findFiles('**/*.safetensors', EXCLUDED, MAX_CANDIDATES * 10),
  ]);
  const weighted = new Set(weights.map((uri) => dirname(uri.path)));
  const found = configs.map((uri) => vscode.Uri.joinPath(uri, '..')).filter((uri) => weighted.has(uri.path));
  return choose('New Configuration (1/3)', 'Which model is tuned?', [
    ...found.map((uri) => workspaceItem('$(chip)', uri)),
    separator('Embedded'),
    {
      label: `$(package) ${EMBEDDED_MODEL}`,
      description: '3 million parameters',
      detail: 'A small Llama that trains in seconds. It is copied into models/ of this workspace.',
      take: async () => {
        const target = vscode.Uri.joinPath(folder, 'models', EMBEDDED_MODEL);
        await copyMissing(embeddedModel(extensionUri), target);
        return target;
      },
    },
    separator('Elsewhere'),
    {
      label: '$(folder-opened) Browse…',
      take: () => browse('Model folder', { canSelectFolders: true, canSelectFiles: false }),
    },
  ]);
}

/** A data file of the workspace, the embedded example, or one picked from disk. */
export async function chooseData(extensionUri: vscode.Uri, folder: vscode.Uri): Promise<vscode.Uri | undefined> {
  const found = await vscode.workspace.findFiles('**/*.jsonl', EXCLUDED, MAX_CANDIDATES);
  return choose(
    'New Configuration (2/3)',
    'What does it learn from? JSON Lines with text, prompt and completion, or messages',
    [
      ...found.map((uri) => workspaceItem('$(file)', uri)),
      separator('Embedded'),
      {
        label: '$(package) pronounce.train.jsonl',
        description: '8,000 examples',
        detail: 'English words and their pronunciation. It is copied into data/ of this workspace.',
        take: async () => {
          const target = vscode.Uri.joinPath(folder, 'data');
          await copyMissing(vscode.Uri.joinPath(embeddedExamples(extensionUri), 'data'), target);
          return vscode.Uri.joinPath(target, 'pronounce.train.jsonl');
        },
      },
      separator('Elsewhere'),
      {
        label: '$(folder-opened) Browse…',
        take: () => browse('Data file', { filters: { 'JSON Lines': ['jsonl', 'json'], 'All files': ['*'] } }),
      },
    ],
  );
}

async function choose(title: string, placeHolder: string, items: readonly Source[]): Promise<vscode.Uri | undefined> {
  const chosen = await vscode.window.showQuickPick(items, { title, placeHolder, matchOnDescription: true });
  return chosen?.take?.();
}

function workspaceItem(icon: string, uri: vscode.Uri): Source {
  return {
    label: `${icon} ${basename(uri.fsPath)}`,
    description: vscode.workspace.asRelativePath(uri),
    take: () => Promise.resolve(uri),
  };
}

function separator(label: string): Source {
  return { label, kind: vscode.QuickPickItemKind.Separator };
}

async function browse(title: string, options: vscode.OpenDialogOptions): Promise<vscode.Uri | undefined> {
  return (await vscode.window.showOpenDialog({ title, openLabel: 'Choose', ...options }))?.[0];
}
