// @ts-check
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * @template T
 * @param {string} what
 * @param {() => Promise<T | false | undefined>} probe
 * @param {number} [milliseconds]
 * @returns {Promise<T>}
 */
export async function eventually(what, probe, milliseconds = 60_000) {
  const deadline = Date.now() + milliseconds;
  for (;;) {
    const found = await probe();
    if (found) return found;
    if (Date.now() > deadline) throw new Error(`waited ${milliseconds / 1000} s in vain for ${what}`);
    await sleep(250);
  }
}

/**
 * The visible webview once it shows this element of ours: a panel that was just opened is not there yet, and the one
 * before it, which may be another of the same kind, for a moment still is.
 *
 * @param {import('./workbench.mjs').Workbench} workbench
 * @param {'mora-form' | 'mora-run-panel' | 'mora-rank-view' | 'mora-inspector' | 'mora-compare' | 'mora-playground'} element
 * @param {string | RegExp} [text] that is in it, and not in the one before
 */
export function panelOf(workbench, element, text) {
  return eventually(`${element} on screen${text === undefined ? '' : ` with ${text}`}`, async () => {
    const frame = await workbench.webview(0);
    const panel = frame.locator(element);
    if ((await panel.count()) !== 1) return false;
    return (text === undefined || (await panel.getByText(text).count()) > 0) && frame;
  });
}
