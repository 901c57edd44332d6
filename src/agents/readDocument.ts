import { readFile, stat } from 'node:fs/promises';
import { UserError } from '../config/userError';

/** Configurations are a few kilobytes. */
const MOST_BYTES = 1 << 20;

/** The text of a configuration on disk. Throws a UserError for a file that can be none. */
export async function readDocument(file: string): Promise<string> {
  const stats = await stat(file);
  if (!stats.isFile()) throw new UserError(`${file}: is not a file; give a *.mora.json document.`);
  if (stats.size > MOST_BYTES) {
    throw new UserError(`${file}: has ${stats.size} bytes, which is no configuration; give a *.mora.json document.`);
  }
  return readFile(file, 'utf8');
}
