// @ts-check
import os from 'node:os';
import path from 'node:path';

/**
 * The folder for what the tests install once and share between checkouts. It lies outside the
 * repository so that `git clean` and a fresh clone do not cost another two minutes of compiling.
 *
 * @returns {string} an absolute path; it may not exist yet
 */
export function cacheFolder() {
  const { MORA_STUDIO_CACHE, XDG_CACHE_HOME } = process.env;
  if (MORA_STUDIO_CACHE) return path.resolve(MORA_STUDIO_CACHE);
  return path.join(XDG_CACHE_HOME || path.join(os.homedir(), '.cache'), 'mora-studio');
}
