// @ts-check
import { cp, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { openEditors } from './editor.mjs';
import { fileName, outputFolder } from './output.mjs';

/**
 * Keeps what a failed test leaves to go by: a picture of every window, and the logs of its server,
 * its extension host and the extension's output channels.
 *
 * @param {string} test its name
 * @returns {Promise<string[]>} where things are, relative to the test output folder
 */
export async function saveEvidence(test) {
  const places = [];
  for (const [index, { server, workbench }] of openEditors().entries()) {
    const name = `failed-${fileName(test)}${index > 0 ? `-${index + 1}` : ''}`;
    const logs = path.join(outputFolder, 'logs', name);
    // A window that has crashed has no picture, but its logs count all the more.
    const picture = await workbench.screenshot(name).catch(() => undefined);
    await cp(server.logs, logs, { recursive: true });
    await writeFile(path.join(logs, 'browser.log'), workbench.browserLog.join('\n'));
    places.push(...(picture ? [picture] : []), logs);
  }
  return places.map((place) => path.relative(outputFolder, place));
}
