// @ts-check
/**
 * MoRA Studio in a VS Code in the browser, with the examples open. Nothing is installed into, and
 * nothing is read from, the VS Code you use.
 *
 *     npm run studio [-- FOLDER]
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { startCodeServer } from './codeServer.mjs';
import { repository } from './output.mjs';

const FIRST_PORT = 8080;
const LAST_PORT = 8180;

const folder = path.resolve(process.argv[2] ?? path.join(repository, 'examples'));
if (!existsSync(folder)) throw new Error(`${folder} does not exist; name another: npm run studio -- FOLDER`);

if (!existsSync(path.join(repository, 'dist', 'extension.js'))) {
  const { status } = spawnSync('npm', ['run', 'build'], { cwd: repository, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

const { port } = await startCodeServer({ folder, extensionDir: repository, port: await freePort() });
console.log(`MoRA Studio: http://localhost:${port}/?folder=${encodeURIComponent(folder)}`);
console.log('Keep the name localhost: a browser shows webviews on localhost and https only. Ctrl+C stops.');

/** @returns {Promise<number>} */
async function freePort() {
  for (let port = FIRST_PORT; port <= LAST_PORT; port++) if (await isFree(port)) return port;
  return 0;
}

/** @param {number} port */
function isFree(port) {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}
