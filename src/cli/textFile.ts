import { readFile } from 'node:fs/promises';
import { UserError, systemErrorCode } from '../config/userError';

/** The text of a file that the user named. `what` says what it should be: "a JSON file with messages". */
export async function readTextFile(file: string, what: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      throw new UserError(`${file}: there is no such file; give the path of ${what}.`);
    }
    if (code === 'EISDIR') throw new UserError(`${file}: that is a folder; give the path of ${what}.`);
    throw new UserError(`${file}: it cannot be read (${code ?? String(error)}); check its permissions.`);
  }
}
