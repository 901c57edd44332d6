import * as vscode from 'vscode';
import { UserError } from '../../config/userError';

export const INSPECTOR = 'mora.inspector';
/** The same editor for the JSON files of a checkpoint, which open as text unless one asks. */
export const JSON_INSPECTOR = 'mora.inspector.json';

/** Opens a checkpoint in the inspector: the file that was clicked, that is open, or one that is asked for. */
export async function inspect(argument: unknown): Promise<void> {
  const uri = argument instanceof vscode.Uri ? argument : (openFile() ?? (await pick()));
  if (uri === undefined) return;
  const editor = editorOf(uri.path);
  if (editor === undefined) {
    throw new UserError(
      vscode.l10n.t(
        '{0}: is no .safetensors file, no index of shards and no adapter_config.json; open one of these.',
        uri.fsPath,
      ),
    );
  }
  await vscode.commands.executeCommand('vscode.openWith', uri, editor);
}

function editorOf(path: string): string | undefined {
  if (path.endsWith('.safetensors')) return INSPECTOR;
  return path.endsWith('.safetensors.index.json') || path.endsWith('/adapter_config.json') ? JSON_INSPECTOR : undefined;
}

/** A file in the active editor that can be inspected. */
function openFile(): vscode.Uri | undefined {
  const uri = vscode.window.activeTextEditor?.document.uri;
  return uri !== undefined && editorOf(uri.path) !== undefined ? uri : undefined;
}

async function pick(): Promise<vscode.Uri | undefined> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const files = await vscode.window.showOpenDialog({
    title: vscode.l10n.t('Inspect which checkpoint?'),
    openLabel: vscode.l10n.t('Inspect'),
    filters: { [vscode.l10n.t('Checkpoints')]: ['safetensors', 'json'] },
    ...(folder !== undefined && { defaultUri: folder }),
  });
  return files?.[0];
}
