// @ts-check
import { setTimeout as delay } from 'node:timers/promises';
import { TIMEOUT_MS } from './browser.mjs';

const PAUSE_MS = 150;

/** How long the first try may wait for one element before the whole is tried again. */
const FIRST_TRY_MS = 1_000;
const LONGEST_TRY_MS = 8_000;

/**
 * How long a try may wait for one element. A busy machine does late what it was told, so haste would undo it again.
 *
 * @param {number} attempt from 1
 */
export function tryMs(attempt) {
  return Math.min(LONGEST_TRY_MS, FIRST_TRY_MS * 2 ** (attempt - 1));
}

/**
 * Repeats an action on the workbench until it succeeds. A window that is still starting moves the
 * focus and closes menus under the hands of whoever uses it, so one try proves nothing.
 *
 * @template T
 * @param {string} what for the message: "run the command …"
 * @param {(attempt: number) => Promise<T>} action throws to be tried again
 * @param {number} [timeout] milliseconds
 * @returns {Promise<T>}
 * @throws {Error} with `what` and the reason why the last try failed
 */
export async function retry(what, action, timeout = TIMEOUT_MS) {
  const deadline = Date.now() + timeout;
  for (let attempt = 1; ; attempt++) {
    try {
      return await action(attempt);
    } catch (error) {
      if (Date.now() >= deadline) {
        throw new Error(`Could not ${what} within ${timeout / 1000} s: ${/** @type {Error} */ (error).message}`, {
          cause: error,
        });
      }
      await delay(PAUSE_MS);
    }
  }
}
