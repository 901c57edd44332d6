// @ts-check
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

/**
 * Writes an extension that does what a chat does with tools: its command "Caller: Call Tool" invokes the one that
 * call.json of the workspace names, and writes answer.json.
 *
 * @param {string} folder is made
 */
export async function writeCallerExtension(folder) {
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'package.json'), JSON.stringify(MANIFEST, null, 2));
  await writeFile(path.join(folder, 'extension.js'), HOST);
}

const MANIFEST = {
  name: 'caller',
  displayName: 'Caller',
  publisher: 'mora-studio-test',
  version: '1.0.0',
  engines: { vscode: '^1.100.0' },
  main: './extension.js',
  capabilities: { untrustedWorkspaces: { supported: true } },
  contributes: { commands: [{ command: 'caller.call', title: 'Call Tool', category: 'Caller' }] },
};

const HOST = `
const { readFileSync, renameSync, writeFileSync } = require('node:fs');
const path = require('node:path');
const vscode = require('vscode');

exports.activate = (context) => {
  context.subscriptions.push(vscode.commands.registerCommand('caller.call', async () => {
    const folder = vscode.workspace.workspaceFolders[0].uri.fsPath;
    const { tool, input } = JSON.parse(readFileSync(path.join(folder, 'call.json'), 'utf8'));
    const tools = vscode.lm.tools.map(({ name }) => name);
    const answer = await vscode.lm.invokeTool(tool, { input, toolInvocationToken: undefined }).then(
      (result) => ({ tools, value: JSON.parse(result.content[0].value) }),
      (error) => ({ tools, error: error.message }),
    );
    writeFileSync(path.join(folder, 'answer.tmp'), JSON.stringify(answer));
    renameSync(path.join(folder, 'answer.tmp'), path.join(folder, 'answer.json'));
  }));
};
`;
