// @ts-check
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from './panelFrame.mjs';

/** How long the dialog takes to look a folder up. */
const PAUSE_MS = 1000;

/**
 * Answers the file dialog of a window in a browser, which writes a proposal of its own into the box a moment after it is
 * there, and hears no Enter while it looks a folder up.
 *
 * @param {import('./workbench.mjs').Workbench} workbench
 * @param {string} file absolute
 */
export async function answerFile(workbench, file) {
  const { input, widget } = workbench.quickInput;
  const folder = path.basename(workbench.server.folder);
  await eventually('the proposal', async () => (await input.inputValue()).includes(folder));
  await sleep(PAUSE_MS);
  await input.fill(file);
  await eventually('the dialog to take the answer', async () => {
    await sleep(PAUSE_MS);
    await input.press('Enter', { timeout: PAUSE_MS }).catch(() => undefined);
    await sleep(PAUSE_MS);
    return widget.isHidden();
  });
}
