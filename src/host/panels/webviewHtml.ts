import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';

/** What a webview of ours may load: bundles and pictures, never the workspace. A restored panel needs them set anew. */
export function webviewOptions(extensionUri: vscode.Uri): vscode.WebviewOptions {
  const roots = ['dist', 'media'].map((folder) => vscode.Uri.joinPath(extensionUri, folder));
  return { enableScripts: true, localResourceRoots: roots };
}

/**
 * The page of a panel: the bundle dist/webview/<bundle>.js and an element to fill, under a content security policy
 * that runs no other script and takes no inline style. The panel puts its styles in by `adoptedStyleSheets`. The texts of
 * the editor's language, where there are any, are in it as data.
 *
 * @param bundle folder of the panel in webview/: "run"
 * @param element custom element that the bundle defines: "mora-run-panel"
 */
export function webviewHtml(
  webview: vscode.Webview,
  extensionUri: vscode.Uri,
  page: { readonly bundle: string; readonly element: string; readonly title: string },
): string {
  const nonce = randomBytes(16).toString('base64');
  const file = (...path: string[]): string =>
    webview.asWebviewUri(vscode.Uri.joinPath(extensionUri, 'dist', 'webview', ...path)).toString();
  const policy = [
    `default-src 'none'`,
    `script-src 'nonce-${nonce}'`,
    `style-src ${webview.cspSource}`,
    `font-src ${webview.cspSource}`,
    `img-src ${webview.cspSource} data:`,
  ].join('; ');
  // <vscode-icon> finds the icon font's sheet by this id.
  const { bundle } = vscode.l10n;
  return `<!DOCTYPE html>
<html lang="${bundle === undefined ? 'en' : escapeHtml(vscode.env.language)}">
<head>
<meta charset="UTF-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" id="vscode-codicon-stylesheet" href="${file('codicon.css')}">
<title>${escapeHtml(page.title)}</title>
</head>
<body>
<${page.element}></${page.element}>${bundle === undefined ? '' : textsOf(bundle)}
<script nonce="${nonce}" src="${file(`${page.bundle}.js`)}"></script>
</body>
</html>`;
}

/** Data, not a script to the policy: nothing runs it. */
function textsOf(bundle: Readonly<Record<string, string>>): string {
  return `\n<script type="application/json" id="mora-texts">${JSON.stringify(bundle).replaceAll('<', '\\u003c')}</script>`;
}

function escapeHtml(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return text.replace(/[&<>"]/g, (character) => entities[character] ?? character);
}
