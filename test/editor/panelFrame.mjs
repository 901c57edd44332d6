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
 * What a panel says of itself in a data attribute, '' where it does not.
 *
 * @param {import('playwright-core').FrameLocator} frame
 * @param {string} element
 * @param {string} name "lastStep"
 * @param {{ timeout?: number }} [options]
 * @returns {Promise<string>}
 */
export function mirrored(frame, element, name, options) {
  return frame
    .locator(element)
    .evaluate((host, key) => /** @type {HTMLElement} */ (host).dataset[key] ?? '', name, options);
}

/**
 * Waits until the panel on screen says of itself what it should. One that is just being replaced does not answer; the one
 * in its place is asked the next time.
 *
 * @param {import('./workbench.mjs').Workbench} workbench
 * @param {Parameters<typeof panelOf>[1]} element
 * @param {string} name
 * @param {(value: string) => boolean} holds
 */
export function untilMirrored(workbench, element, name, holds) {
  return eventually(`${element} with its ${name}`, async () => {
    const frame = await panelOf(workbench, element);
    const value = await mirrored(frame, element, name, { timeout: 2_000 }).catch(() => undefined);
    return value !== undefined && holds(value);
  });
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
