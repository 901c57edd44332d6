// @ts-check
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { closeSync, openSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { writeDriverExtension } from './driverExtension.mjs';
import { editorEnvironment } from './editorEnvironment.mjs';
import { installedEditor } from './editorInstall.mjs';
import { QUIET_SETTINGS } from './editorSettings.mjs';
import { linkExtension } from './extensionPlacement.mjs';
import { own } from './ownership.mjs';
import { endProcessTree } from './processTree.mjs';
import { runLogged } from './runLogged.mjs';

const START_TIMEOUT_MS = 180_000;
const POLL_MS = 100;

/**
 * @typedef {object} CodeServerOptions
 * @property {string} folder the workspace folder to open
 * @property {string | readonly string[]} [extensionDir] an unpacked, built extension to load as it lies there, or several
 * @property {string} [vsix] a packaged extension to install, to test what users get
 * @property {Readonly<Record<string, unknown>>} [userSettings] on top of QUIET_SETTINGS
 * @property {boolean} [workspaceTrust] true to open the folder in Restricted Mode, until Workbench.trustFolder()
 * @property {boolean} [driven] with the driver extension
 * @property {number} [port] 0, the default, takes a free one
 * @property {NodeJS.ProcessEnv} [env] added to the environment of the server and its extensions
 */

/**
 * @typedef {object} CodeServer
 * @property {string} url of the workbench with the folder open; on localhost, because webviews need a secure context
 * @property {number} port
 * @property {string} folder the workspace folder
 * @property {string} settingsFile settings.json of the user, read when a window opens or reloads
 * @property {string} logs folder of the logs of the server, the extension host and the output channels
 * @property {string} driver the socket of the driver extension
 * @property {() => Promise<void>} stop ends the server with all it started and removes its data
 */

/**
 * Starts a VS Code in the browser with fresh user data.
 *
 * @param {CodeServerOptions} options
 * @returns {Promise<CodeServer>} once it answers
 */
export async function startCodeServer({
  folder,
  extensionDir,
  vsix,
  userSettings = {},
  workspaceTrust = false,
  driven = false,
  port = 0,
  env = {},
}) {
  const editor = await installedEditor();
  const home = await mkdtemp(path.join(os.tmpdir(), 'mora-studio-editor-'));
  const userData = path.join(home, 'data');
  const extensions = path.join(home, 'extensions');
  const settingsFile = path.join(userData, 'User', 'settings.json');
  const logs = path.join(userData, 'logs');

  await mkdir(path.dirname(settingsFile), { recursive: true });
  await mkdir(logs, { recursive: true });
  await writeFile(settingsFile, JSON.stringify({ ...QUIET_SETTINGS, ...userSettings }, null, 2));

  const places = [
    editor.entry,
    ...['--user-data-dir', userData],
    ...['--extensions-dir', extensions],
    ...['--config', path.join(home, 'config.yaml')],
  ];
  const mark = { name: 'MORA_STUDIO_EDITOR', value: randomUUID() };
  const environment = { ...editorEnvironment(), ...env, [mark.name]: mark.value };
  await mkdir(extensions, { recursive: true });
  for (const unpacked of [extensionDir ?? []].flat()) await linkExtension(unpacked, extensions);
  const driver = path.join(home, 'driver.sock');
  if (driven) {
    await writeDriverExtension(path.join(home, 'driver'), driver);
    await linkExtension(path.join(home, 'driver'), extensions);
  }
  if (vsix) {
    const args = [...places, '--install-extension', path.resolve(vsix)];
    await runLogged(`installing ${path.basename(vsix)}`, editor.node, args, {
      cwd: home,
      env: environment,
      log: path.join(logs, 'install-extension.log'),
    });
  }

  const serverLog = path.join(logs, 'code-server.log');
  const output = openSync(serverLog, 'w');
  const child = spawn(
    editor.node,
    [
      ...places,
      ...['--bind-addr', `127.0.0.1:${port}`, '--auth', 'none'],
      ...['--disable-telemetry', '--disable-update-check', '--disable-getting-started-override'],
      ...(workspaceTrust ? [] : ['--disable-workspace-trust']),
      path.resolve(folder),
    ],
    // A group of its own, so that Ctrl+C in the terminal reaches only us and stop() does the ending.
    { cwd: home, env: environment, stdio: ['ignore', output, output], detached: true },
  );
  closeSync(output);
  const stop = own(async () => {
    if (child.pid !== undefined) await endProcessTree(child.pid, `${mark.name}=${mark.value}`);
    await rm(home, { recursive: true, force: true, maxRetries: 5 });
  });

  try {
    const actualPort = await listening(child, serverLog);
    const url = `http://localhost:${actualPort}/?folder=${encodeURIComponent(path.resolve(folder))}`;
    return { url, port: actualPort, folder: path.resolve(folder), settingsFile, logs, driver, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @param {string} log
 * @returns {Promise<number>} its port, once /healthz answers
 */
async function listening(child, log) {
  const output = () => readFile(log, 'utf8').catch(() => '');
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < deadline) {
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new Error(`code-server ended before it listened:\n${await output()}`);
    }
    const port = /HTTP server listening on https?:\/\/[^\s]*:(\d+)/.exec(await output())?.[1];
    if (port && (await healthy(port))) return Number(port);
    await delay(POLL_MS);
  }
  throw new Error(`code-server did not listen within ${START_TIMEOUT_MS / 1000} s:\n${await output()}`);
}

/** @param {string} port */
async function healthy(port) {
  return fetch(`http://127.0.0.1:${port}/healthz`).then(
    (answer) => answer.ok,
    () => false,
  );
}
