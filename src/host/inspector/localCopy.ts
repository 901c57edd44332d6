import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../../config/userError';
import { formatBytes } from '../../language/bytes';
import type { LocalCheckpoint } from './inspectorSession';

/**
 * A file system of the editor's API hands out whole files only, and a file in memory, in messages and on the disk at
 * once must leave room for the rest.
 */
const MAX_COPIED_BYTES = 512 << 20;

const INDEX_ENDING = '.safetensors.index.json';

/** A checkpoint that is not on a disk, copied to one for as long as it is looked at. */
export class LocalCopy implements vscode.Disposable {
  private folder: Promise<string> | undefined;

  constructor(private readonly uri: vscode.Uri) {}

  /** Copies the file and what belongs to it. Throws a UserError when they are too large or cannot be read. */
  async make(signal: AbortSignal): Promise<LocalCheckpoint> {
    const folder = await (this.folder ??= mkdtemp(join(tmpdir(), 'mora-studio-inspect-')));
    const uris = [this.uri, ...(await companionsOf(this.uri))];
    let bytes = 0;
    for (const uri of uris) bytes += (await statOf(uri)).size;
    if (bytes > MAX_COPIED_BYTES) {
      throw new UserError(
        vscode.l10n.t(
          '{0}: has {1}, but "{2}" gives files only whole, of which the inspector takes {3} at most; copy it to a disk and open it there.',
          this.uri.toString(true),
          formatBytes(bytes),
          this.uri.scheme,
          formatBytes(MAX_COPIED_BYTES),
        ),
      );
    }
    for (const uri of uris) {
      signal.throwIfAborted();
      await writeFile(join(folder, basename(uri.path)), await vscode.workspace.fs.readFile(uri));
    }
    return {
      path: join(folder, basename(this.uri.path)),
      note: vscode.l10n.t(
        '"{0}" gives files only whole, so {1} were read to open it.',
        this.uri.scheme,
        formatBytes(bytes),
      ),
    };
  }

  dispose(): void {
    void this.folder?.then(
      (folder) => rm(folder, { recursive: true, force: true }),
      () => undefined,
    );
  }
}

/** What has to lie beside the file: the other half of an adapter, the shards of an index. */
async function companionsOf(uri: vscode.Uri): Promise<vscode.Uri[]> {
  const folder = vscode.Uri.joinPath(uri, '..');
  const name = basename(uri.path);
  const wanted = (other: string): boolean => {
    if (name === 'adapter_config.json') return other === 'adapter_model.safetensors';
    if (name === 'adapter_model.safetensors') return other === 'adapter_config.json';
    if (!name.endsWith(INDEX_ENDING)) return false;
    return other.startsWith(`${name.slice(0, -INDEX_ENDING.length)}-`) && other.endsWith('.safetensors');
  };
  let entries: readonly [string, vscode.FileType][];
  try {
    entries = await vscode.workspace.fs.readDirectory(folder);
  } catch {
    return []; // a file without a folder, as in a comparison of commits
  }
  return entries.filter(([other]) => wanted(other)).map(([other]) => vscode.Uri.joinPath(folder, other));
}

async function statOf(uri: vscode.Uri): Promise<vscode.FileStat> {
  try {
    return await vscode.workspace.fs.stat(uri);
  } catch (error) {
    if (!(error instanceof vscode.FileSystemError)) throw error;
    const place = uri.toString(true);
    throw new UserError(vscode.l10n.t('{0}: cannot be read ({1}); check that it is still there.', place, error.code));
  }
}
