// @ts-check
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

/**
 * Writes the smallest extension that has what ours relies on: a panel with a script of its own,
 * messages both ways, theme colours, a serializer that restores it, a status bar item, a tree
 * and a custom editor. It tells a broken harness from a broken MoRA Studio.
 *
 * @param {string} folder is made
 */
export async function writeEchoExtension(folder) {
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'package.json'), JSON.stringify(MANIFEST, null, 2));
  await writeFile(path.join(folder, 'extension.js'), HOST);
  await writeFile(path.join(folder, 'panel.js'), PANEL);
}

const MANIFEST = {
  name: 'echo',
  displayName: 'Echo',
  publisher: 'mora-studio-test',
  version: '1.0.0',
  engines: { vscode: '^1.100.0' },
  main: './extension.js',
  activationEvents: ['onWebviewPanel:echo', 'onStartupFinished'],
  contributes: {
    commands: [{ command: 'echo.open', title: 'Open Panel', category: 'Echo' }],
    viewsContainers: { activitybar: [{ id: 'echo', title: 'Echo', icon: '$(megaphone)' }] },
    views: { echo: [{ id: 'echo.words', name: 'Words' }] },
    customEditors: [
      {
        viewType: 'echo.editor',
        displayName: 'Echo Editor',
        selector: [{ filenamePattern: '*.echo' }],
        priority: 'option',
      },
    ],
  },
};

const HOST = `
const vscode = require('vscode');

function show(webview, extensionUri, text) {
  webview.options = { enableScripts: true, localResourceRoots: [extensionUri] };
  webview.onDidReceiveMessage((word) => webview.postMessage('host heard ' + word));
  const script = webview.asWebviewUri(vscode.Uri.joinPath(extensionUri, 'panel.js'));
  webview.html = \`<!doctype html><html><head>
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src \${webview.cspSource}">
    <style>body { color: var(--vscode-foreground); background: var(--vscode-editor-background); } .accent { color: var(--vscode-textLink-foreground); }</style>
    </head><body><h1>\${text}</h1><input id="word" aria-label="Word"><button id="say">Say</button>
    <output id="answer"></output><p class="accent">accent colour</p>
    <script src="\${script}"></script></body></html>\`;
}

exports.activate = (context) => {
  const { window, commands, TreeItem } = vscode;
  const item = window.createStatusBarItem('echo.status', vscode.StatusBarAlignment.Left);
  item.text = '$(megaphone) Echo ready';
  item.show();
  context.subscriptions.push(
    item,
    window.registerTreeDataProvider('echo.words', { getChildren: () => ['alpha', 'beta'], getTreeItem: (word) => new TreeItem(word) }),
    window.registerWebviewPanelSerializer('echo', { deserializeWebviewPanel: async (panel) => show(panel.webview, context.extensionUri, 'restored') }),
    window.registerCustomEditorProvider('echo.editor', {
      resolveCustomTextEditor: (document, panel) => show(panel.webview, context.extensionUri, document.getText().trim()),
    }),
    commands.registerCommand('echo.open', () => {
      const panel = window.createWebviewPanel('echo', 'Echo Panel', vscode.ViewColumn.Active, {});
      show(panel.webview, context.extensionUri, 'first opened');
      window.showInformationMessage('Echo panel opened');
    }),
  );
};
`;

const PANEL = `
const vscode = acquireVsCodeApi();
const word = document.getElementById('word');
word.value = vscode.getState()?.word ?? '';
word.oninput = () => vscode.setState({ word: word.value });
document.getElementById('say').onclick = () => vscode.postMessage(word.value);
addEventListener('message', ({ data }) => { document.getElementById('answer').textContent = data; });
`;
