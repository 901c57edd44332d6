// @ts-check
import { setTimeout as delay } from 'node:timers/promises';
import { processList } from './processList.mjs';

const GRACE_MS = 3_000;
const POLL_MS = 50;

/**
 * Ends a process and everything it started.
 *
 * Killing the process group is not enough: terminals, and a training run that is meant to outlive
 * its window, start sessions of their own. So children are found by parent, and on Linux also by a
 * mark in the environment, which an orphan keeps when its parent has gone.
 *
 * @param {number} root process id
 * @param {string} mark a `NAME=value` in the environment of `root`, unique to this start
 */
export async function endProcessTree(root, mark) {
  let living = await treeOf(root, mark);
  signal(living, 'SIGTERM');
  const deadline = Date.now() + GRACE_MS;
  while (living.length > 0 && Date.now() < deadline) {
    await delay(POLL_MS);
    const running = new Set((await processList()).map(({ pid }) => pid));
    living = living.filter((pid) => running.has(pid));
  }
  // Look again: something may have been started while the first were shutting down.
  signal([...new Set([...living, ...(await treeOf(root, mark))])], 'SIGKILL');
}

/**
 * @param {number} root
 * @param {string} mark
 */
async function treeOf(root, mark) {
  const processes = await processList();
  const tree = new Set(
    processes.filter(({ pid, environment }) => pid === root || environment.includes(mark)).map(({ pid }) => pid),
  );
  for (let before = -1; before !== tree.size;) {
    before = tree.size;
    for (const { pid, parent } of processes) if (tree.has(parent)) tree.add(pid);
  }
  return [...tree];
}

/**
 * @param {readonly number[]} pids
 * @param {NodeJS.Signals} name
 */
function signal(pids, name) {
  for (const pid of pids) {
    try {
      process.kill(pid, name);
    } catch {
      // it has already ended
    }
  }
}
