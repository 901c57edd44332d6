// @ts-check
/** @type {Set<() => Promise<void>>} */
const owned = new Set();

/** With the number that the exit status of a process ended by the signal has on top of 128. */
const SIGNALS = Object.freeze({ SIGHUP: 1, SIGINT: 2, SIGTERM: 15 });

/**
 * Takes charge of something that must be ended when this process is told to end (Ctrl+C, a test
 * runner's time limit, a closed terminal): servers are detached, so nobody else would.
 *
 * @param {() => Promise<void>} end
 * @returns {() => Promise<void>} ends it now; further calls await the same end
 */
export function own(end) {
  /** @type {Promise<void> | undefined} */
  let ending;
  const endOnce = () => (ending ??= end().finally(() => release(endOnce)));
  if (owned.size === 0) for (const signal of Object.keys(SIGNALS)) process.on(signal, endAll);
  owned.add(endOnce);
  return endOnce;
}

/** @param {() => Promise<void>} endOnce */
function release(endOnce) {
  owned.delete(endOnce);
  if (owned.size === 0) for (const signal of Object.keys(SIGNALS)) process.off(signal, endAll);
}

/** @param {keyof typeof SIGNALS} signal */
async function endAll(signal) {
  await Promise.allSettled([...owned].map((endOnce) => endOnce()));
  process.exit(128 + SIGNALS[signal]);
}
