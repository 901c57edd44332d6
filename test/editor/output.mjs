// @ts-check
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const repository = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/** Where tests leave what a person may want to look at. Git ignores it. */
export const outputFolder = path.join(repository, 'test', 'output');

export const screenshotsFolder = path.join(outputFolder, 'screenshots');

/**
 * @param {string} name any text
 * @returns {string} the same as a part of a file name
 */
export function fileName(name) {
  return name
    .replace(/[^\p{L}\p{N}._-]+/gu, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 80);
}
