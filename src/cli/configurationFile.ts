import { readFile } from 'node:fs/promises';
import { UserError, systemErrorCode } from '../config/userError';

/** The text of a configuration document the user named. */
export async function readConfigurationFile(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      throw new UserError(`${file}: there is no such file; give the path of a *.mora.json document.`);
    }
    if (code === 'EISDIR') throw new UserError(`${file}: that is a folder; give the path of a *.mora.json document.`);
    throw new UserError(`${file}: it cannot be read (${code ?? String(error)}); check its permissions.`);
  }
}
