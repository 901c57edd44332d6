// @ts-check
import { binaryPlatform } from './binaryPlatform.mjs';

/** What is ours to read and nobody's to install: sources, tests, maps, and folders with nothing else. */
const STRAY =
  /^extension\/(src|webview|test|bench|docs|eslint|localisation|packaging)\/|\.(ts|mts|map|tsbuildinfo)$|\.(test|spec)\.\w+$/;

/**
 * Asks whether a VSIX has all it needs and nothing else, and everything compiled in it what it was compiled for.
 *
 * @param {ReadonlyArray<Pick<import('./zipEntries.mjs').ZipEntry, 'name' | 'read'>>} entries of the VSIX
 * @param {string} target "linux-x64"
 * @param {readonly string[]} expected files, relative to the extension
 * @returns {string | undefined} why this is not a VSIX of that platform
 */
export function vsixProblem(entries, target, expected) {
  const names = new Set(entries.map(({ name }) => name));
  const missing = expected.find((file) => !names.has(`extension/${file}`));
  if (missing !== undefined) return `${missing} is missing`;
  const stray = entries.find(({ name }) => STRAY.test(name));
  if (stray !== undefined) return `${stray.name} does not belong in it`;
  for (const { name, read } of entries) {
    const platform = binaryPlatform(read());
    if (platform !== undefined && platform !== target) return `${name} is a binary of ${platform}`;
  }
  return undefined;
}
