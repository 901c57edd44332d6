import * as vscode from 'vscode';
import type { PlanSource } from '../configuration/planSource';
import { webviewHtml, webviewOptions } from '../panels/webviewHtml';
import type { Services } from '../services';
import { FormSession } from './formSession';

/** The editor mora.form: a form over the text of a *.mora.json document. */
export class FormEditor implements vscode.CustomTextEditorProvider {
  constructor(
    private readonly services: Services,
    private readonly plans: PlanSource,
  ) {}

  resolveCustomTextEditor(document: vscode.TextDocument, panel: vscode.WebviewPanel): void {
    const { extensionUri } = this.services;
    const session = new FormSession(document, panel, this.services, this.plans);
    panel.onDidDispose(() => session.dispose());
    panel.webview.options = webviewOptions(extensionUri);
    panel.webview.html = webviewHtml(panel.webview, extensionUri, {
      bundle: 'form',
      element: 'mora-form',
      title: vscode.l10n.t('MoRA configuration'),
    });
  }
}
