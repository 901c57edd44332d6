// @ts-check
import test, { after } from 'node:test';
import { saveEvidence } from './evidence.mjs';

/** More than a few of the waits inside it, so that a failure says which of them was in vain. */
const TIMEOUT_MS = 300_000;

/** More than closing an editor takes. */
const EXIT_GRACE_MS = 15_000;

// A test that was given up on may hold timers or sockets, and the file would wait for them for ever.
after(() => void setTimeout(() => process.exit(), EXIT_GRACE_MS).unref());

/**
 * A test of node:test whose failure leaves a picture and logs, taken before its editor is closed.
 *
 * @param {string} name the behaviour it protects
 * @param {(context: import('node:test').TestContext) => Promise<void>} steps
 * @param {{ timeout?: number, skip?: boolean | string }} [options] timeout in milliseconds
 */
export function journey(name, steps, { timeout = TIMEOUT_MS, skip = false } = {}) {
  // node:test's own limit would end the test before a picture is taken, so ours comes first.
  return test(name, { timeout: 2 * timeout, skip }, async (context) => {
    let timer;
    const limit = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error(`not done within ${timeout / 1000} s`)), timeout);
    });
    try {
      await Promise.race([steps(context), limit]);
    } catch (error) {
      const places = await saveEvidence(name);
      if (places.length > 0) console.error(`evidence of "${name}" in test/output: ${places.join(', ')}`);
      throw error;
    } finally {
      clearTimeout(timer);
    }
  });
}
