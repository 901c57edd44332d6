import * as vscode from 'vscode';
import { Disposables } from '../disposables';
import type { InspectorViewEnd } from '../protocol/inspector';

/** A copy is written in many pieces, each of which is a change. */
const SETTLED_MS = 300;

/** Tells when a file changes, vanishes or comes back; in and outside the workspace, as far as its system can tell. */
export function watchFile(uri: vscode.Uri, tell: (state: InspectorViewEnd['events']['file']) => void): Disposables {
  const owned = new Disposables();
  const name = uri.path.slice(uri.path.lastIndexOf('/') + 1);
  // Brackets and the like in a name are not a pattern.
  const pattern = new vscode.RelativePattern(vscode.Uri.joinPath(uri, '..'), name.replace(/[[\]{}*?]/g, '[$&]'));
  const watcher = owned.add(vscode.workspace.createFileSystemWatcher(pattern));
  let timer: ReturnType<typeof setTimeout> | undefined;
  const soon = (state: InspectorViewEnd['events']['file']) => (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => tell(state), SETTLED_MS);
  };
  owned.add(watcher.onDidChange(soon('changed')));
  owned.add(watcher.onDidDelete(soon('gone')));
  owned.add(watcher.onDidCreate(soon('back')));
  owned.add({ dispose: () => clearTimeout(timer) });
  return owned;
}
