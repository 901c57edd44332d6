import * as vscode from 'vscode';
import { Disposables } from '../disposables';
import { failuresIn } from '../panels/failures';
import { webviewHtml, webviewOptions } from '../panels/webviewHtml';
import type { Services } from '../services';
import { watchFile } from './fileWatch';
import { inspectorActions } from './inspectorActions';
import { InspectorSession, type LocalCheckpoint } from './inspectorSession';
import { LocalCopy } from './localCopy';

/** A checkpoint that is open: the file is the state, so there is nothing to keep. */
export interface InspectedDocument extends vscode.CustomDocument {
  readonly uri: vscode.Uri;
}

/** What the actions of an inspector do; each is a command that the palette has too. */
const COMMANDS = {
  openRank: 'mora.openRank',
  merge: 'mora.mergeAdapter',
  exportPeft: 'mora.exportAdapter',
  talk: 'mora.openPlayground',
  compare: 'mora.compareCheckpoints',
} as const;

/** The read-only editor mora.inspector: tensors, values and metadata of a checkpoint. */
export class InspectorEditor implements vscode.CustomReadonlyEditorProvider<InspectedDocument> {
  constructor(private readonly services: Services) {}

  openCustomDocument(uri: vscode.Uri): InspectedDocument {
    return { uri, dispose: () => undefined };
  }

  resolveCustomEditor({ uri }: InspectedDocument, panel: vscode.WebviewPanel): void {
    const { extensionUri, engine, log } = this.services;
    const owned = new Disposables();
    const failures = failuresIn(log);
    const copy = uri.scheme === 'file' ? undefined : owned.add(new LocalCopy(uri));
    let located: Promise<LocalCheckpoint> | undefined;
    const session = owned.add(
      new InspectorSession({
        post: (message) => void panel.webview.postMessage(message),
        engine: () => engine.service(),
        locate: (anew, signal) => {
          if (copy === undefined) return Promise.resolve({ path: uri.fsPath, note: null });
          if (anew || located === undefined) {
            const making = copy.make(signal);
            located = making;
            making.catch(() => {
              if (located === making) located = undefined; // the next attempt starts anew
            });
          }
          return located;
        },
        actionsFor: (contents) =>
          inspectorActions(uri.path, contents, {
            isOnDisk: uri.scheme === 'file',
            isTrusted: vscode.workspace.isTrusted,
          }),
        act: (action) => {
          // Rank views, exports and the playground are of the folder, which holds the configuration too.
          const target = action === 'compare' ? uri : vscode.Uri.joinPath(uri, '..');
          void failures.shown(vscode.commands.executeCommand(COMMANDS[action], target));
        },
        reportError: failures.log,
      }),
    );
    owned.add(panel.webview.onDidReceiveMessage((message: unknown) => session.receive(message)));
    owned.add(watchFile(uri, (state) => session.tellFile(state)));
    owned.add(vscode.workspace.onDidGrantWorkspaceTrust(() => session.tellActions()));
    panel.onDidDispose(() => owned.dispose());
    panel.webview.options = webviewOptions(extensionUri);
    panel.webview.html = webviewHtml(panel.webview, extensionUri, {
      bundle: 'inspector',
      element: 'mora-inspector',
      title: vscode.l10n.t('Checkpoint inspector'),
    });
  }
}
