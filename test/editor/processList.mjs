// @ts-check
import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/**
 * @typedef {object} RunningProcess
 * @property {number} pid
 * @property {number} parent
 * @property {readonly string[]} environment `NAME=value` each; empty where the system does not show it
 */

/** @returns {Promise<RunningProcess[]>} the processes that have not ended, zombies left out */
export function processList() {
  return process.platform === 'linux' ? fromProc() : fromPs();
}

/** Slim container images have no `ps`, but every Linux has /proc. */
async function fromProc() {
  const entries = await readdir('/proc');
  const found = await Promise.all(entries.filter((name) => /^\d+$/.test(name)).map(readProc));
  return found.filter((one) => one !== undefined);
}

/**
 * @param {string} name
 * @returns {Promise<RunningProcess | undefined>}
 */
async function readProc(name) {
  const stat = await readFile(`/proc/${name}/stat`, 'latin1').catch(() => undefined);
  if (stat === undefined) return undefined; // it ended while we looked
  // "pid (command) state parent …", where the command itself may hold spaces and brackets.
  const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (state === 'Z') return undefined;
  const environment = await readFile(`/proc/${name}/environ`, 'latin1').catch(() => '');
  return { pid: Number(name), parent: Number(parent), environment: environment.split('\0') };
}

/** @returns {Promise<RunningProcess[]>} */
async function fromPs() {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=,state=']);
  return stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , state]) => !state?.startsWith('Z'))
    .map(([pid, parent]) => ({ pid: Number(pid), parent: Number(parent), environment: [] }));
}
