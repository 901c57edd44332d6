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
 * The visible webview once it shows this element of ours: a panel that was just opened is not there yet.
 *
 * @param {import('./workbench.mjs').Workbench} workbench
 * @param {'mora-form' | 'mora-run-panel' | 'mora-rank-view' | 'mora-inspector' | 'mora-compare' | 'mora-playground'} element
 */
export function panelOf(workbench, element) {
  return eventually(`${element} on screen`, async () => {
    const frame = await workbench.webview(0);
    return (await frame.locator(element).count()) === 1 && frame;
  });
}
