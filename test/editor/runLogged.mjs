// @ts-check
import { spawn } from 'node:child_process';
import { open } from 'node:fs/promises';

/** Long enough not to fill a CI log, short enough that nobody thinks it hangs. */
const HEARTBEAT_MS = 15_000;

/**
 * Runs a command with its output in a file and only its progress on stderr.
 *
 * @param {string} what what it does, for the progress line
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd: string, env: NodeJS.ProcessEnv, log: string }} options `log` is appended to
 * @throws {Error} when the command cannot start or its exit status is not 0
 */
export async function runLogged(what, command, args, { cwd, env, log }) {
  const started = Date.now();
  const seconds = () => `${Math.round((Date.now() - started) / 1000)} s`;
  console.error(`${what} …`);
  const heartbeat = setInterval(() => console.error(`${what}: ${seconds()}`), HEARTBEAT_MS);
  const file = await open(log, 'a');
  try {
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', file.fd, file.fd] });
    const status = await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code, signal) => resolve(code ?? signal));
    });
    if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}`);
    console.error(`${what}: done in ${seconds()}`);
  } finally {
    clearInterval(heartbeat);
    await file.close();
  }
}
