// @ts-check
import { startCodeServer } from './codeServer.mjs';
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

/** @returns {readonly Editor[]} those of this process that are not closed */
export function openEditors() {
  return [...open];
}
