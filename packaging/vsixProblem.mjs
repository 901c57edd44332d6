// @ts-check
import { binaryPlatform } from './binaryPlatform.mjs';

/**
 * Asks everything compiled in a VSIX what it was compiled for.
 *
 * @param {ReadonlyArray<Pick<import('./zipEntries.mjs').ZipEntry, 'name' | 'read'>>} entries of the VSIX
 * @param {string} target "linux-x64"
 * @param {readonly string[]} expected binaries, relative to the extension
 * @returns {string | undefined} why this is not a VSIX of that platform
 */
export function vsixProblem(entries, target, expected) {
  const names = new Set(entries.map(({ name }) => name));
  const missing = expected.find((file) => !names.has(`extension/${file}`));
  if (missing !== undefined) return `${missing} is missing`;
  for (const { name, read } of entries) {
    const platform = binaryPlatform(read());
    if (platform !== undefined && platform !== target) return `${name} is a binary of ${platform}`;
  }
  return undefined;
}
