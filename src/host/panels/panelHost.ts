import * as vscode from 'vscode';
import { Disposables } from '../disposables';
import type { Envelope } from '../protocol/channel';
import type { PanelServices } from './services';
import { webviewHtml, webviewOptions } from './webviewHtml';

/** What runs behind a panel. */
export interface PanelSession {
  dispose(): void;
  receive(message: unknown): void;
  setVisible(visible: boolean): void;
}

export interface PanelKind<Session extends PanelSession> {
  /** "mora.run": also the type that brings panels back after a reload. */
  readonly viewType: string;
  readonly bundle: string;
  readonly element: string;
  /** The session of what `key` names. */
  open(key: string, panel: vscode.WebviewPanel, post: (message: Envelope) => void): Session;
  /** The key in the state that a panel saved before the window was reloaded. */
  keyOf(state: unknown): string | undefined;
}

/** Panels of one kind: one for each thing shown, revealed instead of opened twice, and brought back after a reload. */
export class PanelHost<Session extends PanelSession = PanelSession>
  implements vscode.Disposable, vscode.WebviewPanelSerializer
{
  private readonly panels = new Map<string, vscode.WebviewPanel>();
  private readonly sessions = new Map<string, Session>();
  private readonly owned = new Disposables();

  constructor(
    private readonly kind: PanelKind<Session>,
    private readonly services: Pick<PanelServices, 'extensionUri'>,
  ) {
    this.owned.add(vscode.window.registerWebviewPanelSerializer(kind.viewType, this));
  }

  show(key: string, title: string): vscode.WebviewPanel {
    const existing = this.panels.get(key);
    if (existing !== undefined) {
      existing.reveal();
      return existing;
    }
    const { viewType } = this.kind;
    const panel = vscode.window.createWebviewPanel(viewType, title, vscode.ViewColumn.Active);
    this.fill(key, panel);
    return panel;
  }

  /** What runs behind the panel of `key`, while there is one. */
  sessionOf(key: string): Session | undefined {
    return this.sessions.get(key);
  }

  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const key = this.kind.keyOf(state);
    // A panel that never got to say what it shows cannot be brought back.
    if (key === undefined || this.panels.has(key)) panel.dispose();
    else this.fill(key, panel);
  }

  dispose(): void {
    this.owned.dispose();
    for (const panel of [...this.panels.values()]) panel.dispose();
  }

  private fill(key: string, panel: vscode.WebviewPanel): void {
    const { extensionUri } = this.services;
    const owned = new Disposables();
    this.panels.set(key, panel);
    panel.webview.options = webviewOptions(extensionUri);
    const session = owned.add(this.kind.open(key, panel, (message) => void panel.webview.postMessage(message)));
    this.sessions.set(key, session);
    owned.add(panel.webview.onDidReceiveMessage((message: unknown) => session.receive(message)));
    owned.add(panel.onDidChangeViewState(() => session.setVisible(panel.visible)));
    panel.onDidDispose(() => {
      this.panels.delete(key);
      this.sessions.delete(key);
      owned.dispose();
    });
    panel.webview.html = webviewHtml(panel.webview, extensionUri, { ...this.kind, title: panel.title });
  }
}
