// @ts-check
import { mkdir, readFile, symlink } from 'node:fs/promises';
import path from 'node:path';

/**
 * Makes VS Code load an unpacked extension, without packaging it: VS Code reads every folder in its
 * extensions folder that has a package.json, and follows links. What is rebuilt in `extension` is
 * there after a reload of the window; and "Uninstall" in the editor removes the link, not the work.
 *
 * @param {string} extension folder that holds package.json and what was built
 * @param {string} extensionsFolder VS Code's `--extensions-dir`
 */
export async function linkExtension(extension, extensionsFolder) {
  const source = path.resolve(extension);
  const { publisher, name, version } = JSON.parse(await readFile(path.join(source, 'package.json'), 'utf8'));
  await mkdir(extensionsFolder, { recursive: true });
  await symlink(source, path.join(extensionsFolder, `${publisher}.${name}-${version}`), 'dir');
}
