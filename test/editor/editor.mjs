// @ts-check
import { startCodeServer } from './codeServer.mjs';
import { repository } from './output.mjs';
import { Workbench } from './workbench.mjs';

/**
 * @typedef {object} Editor
 * @property {import('./codeServer.mjs').CodeServer} server
 * @property {Workbench} workbench
 * @property {() => Promise<void>} close
 */

/** @type {Set<Editor>} */
const open = new Set();

/**
 * Starts a server and opens one window of it.
 *
 * @param {import('./codeServer.mjs').CodeServerOptions & { browser?: Parameters<typeof Workbench.open>[1] }} options
 * @returns {Promise<Editor>}
 */
export async function openEditor({ browser, ...options }) {
  const server = await startCodeServer({ ...options, driven: true });
  try {
    const workbench = await Workbench.open(server, browser);
    const close = async () => {
      open.delete(editor);
      await workbench.close();
      await server.stop();
    };
    const editor = { server, workbench, close };
    open.add(editor);
    return editor;
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/**
 * Opens a folder with the extension, in a window wide enough for a panel beside the view of runs, which it shows.
 *
 * @param {string} folder
 */
export async function openWithRuns(folder) {
  const viewport = { width: 1500, height: 1000 };
  const editor = await openEditor({ folder, extensionDir: repository, browser: { viewport } });
  await editor.workbench.openActivity('MoRA');
  return editor;
}

/** @returns {readonly Editor[]} those of this process that are not closed */
export function openEditors() {
  return [...open];
}
