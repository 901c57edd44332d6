// @ts-check
import { mkdir, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import path from 'node:path';

/**
 * Writes an extension that changes settings, runs commands and opens files for a test, through a socket: what only
 * prepares a step needs no focus then, and takes none away from what is tested.
 *
 * @param {string} folder is made
 * @param {string} socket where it listens while a window is open; the path of a Unix socket
 */
export async function writeDriverExtension(folder, socket) {
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'package.json'), JSON.stringify(MANIFEST, null, 2));
  await writeFile(path.join(folder, 'extension.js'), `const SOCKET = ${JSON.stringify(socket)};\n${HOST}`);
}

/**
 * Asks the window that is open.
 *
 * @param {string} socket
 * @param {{ settings?: Readonly<Record<string, unknown>>, command?: string, open?: string }} order `open` is the path of a file, for its default editor
 * @throws {Error} while no window is open, and with what VS Code says of the order
 */
export function drive(socket, order) {
  return new Promise((resolve, reject) => {
    const asking = request({ socketPath: socket, method: 'POST' }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (piece) => (text += piece));
      answer.on('end', () => (answer.statusCode === 200 ? resolve(undefined) : reject(new Error(text))));
    });
    asking.on('error', reject);
    asking.end(JSON.stringify(order));
  });
}

const MANIFEST = {
  name: 'driver',
  displayName: 'Driver',
  publisher: 'mora-studio-test',
  version: '1.0.0',
  engines: { vscode: '^1.100.0' },
  main: './extension.js',
  capabilities: { untrustedWorkspaces: { supported: true } },
  activationEvents: ['onStartupFinished'],
};

const HOST = `
const { rmSync } = require('node:fs');
const { createServer } = require('node:http');
const { commands, ConfigurationTarget, Uri, workspace } = require('vscode');

async function obey({ settings = {}, command, open }) {
  for (const [key, value] of Object.entries(settings))
    await workspace.getConfiguration().update(key, value, ConfigurationTarget.Global);
  if (command !== undefined) await commands.executeCommand(command);
  if (open !== undefined) await commands.executeCommand('vscode.open', Uri.file(open));
}

exports.activate = (context) => {
  const server = createServer((message, answer) => {
    let text = '';
    message.setEncoding('utf8').on('data', (piece) => (text += piece));
    message.on('end', () => {
      obey(JSON.parse(text)).then(
        () => answer.end(),
        (error) => answer.writeHead(500).end(String(error)),
      );
    });
  });
  // The extension host of a window that was closed leaves its socket behind.
  rmSync(SOCKET, { force: true });
  server.listen(SOCKET);
  context.subscriptions.push({ dispose: () => server.close() });
};
`;
