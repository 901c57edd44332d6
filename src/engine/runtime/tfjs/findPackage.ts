import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TensorFlowDevice } from '../../../config/devices';
import { TENSORFLOW_FOLDERS, TENSORFLOW_PACKAGES } from '../../rpc/tensorFlowPackages';

/** A package of TensorFlow.js on this machine. */
export interface FoundPackage {
  readonly name: string;
  readonly version: string;
  /** The package's folder. */
  readonly folder: string;
  /** Loads the package, or one beside it such as its core. */
  readonly load: (name: string) => unknown;
}

/**
 * Folders in whose node_modules, and in those of all folders above, packages are looked for, in order: those of the
 * environment, the one that this program lies in, those of npm's global packages. A workspace is not among them: whoever
 * opens one has not chosen its code.
 */
export function packageFolders(env: NodeJS.ProcessEnv = process.env): readonly string[] {
  const named = (env[TENSORFLOW_FOLDERS] ?? '').split(delimiter).filter((folder) => folder !== '');
  return [...new Set([...named, dirname(fileURLToPath(import.meta.url)), ...globalFolders(env)])];
}

/** The package of a device in the first of the folders that has it; undefined where none has. */
export function findPackage(device: TensorFlowDevice, folders = packageFolders()): FoundPackage | undefined {
  const { package: name } = TENSORFLOW_PACKAGES[device];
  for (const folder of folders) {
    try {
      const manifest = createRequire(join(folder, 'any.js')).resolve(`${name}/package.json`);
      const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { readonly version?: unknown };
      return { name, version: String(version), folder: dirname(manifest), load: createRequire(manifest) };
    } catch {
      // Not there.
    }
  }
  return undefined;
}

/** Folders whose node_modules is global, as npm derives them from the place of Node; a distribution's npm uses /usr/local. */
function globalFolders(env: NodeJS.ProcessEnv): string[] {
  const beside = dirname(process.execPath);
  if (process.platform === 'win32') return [...(env.APPDATA === undefined ? [] : [join(env.APPDATA, 'npm')]), beside];
  const chosen = env.npm_config_prefix === undefined ? [] : [env.npm_config_prefix];
  return [...chosen, dirname(beside), '/usr/local'].map((prefix) => join(prefix, 'lib'));
}
