import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { unreadable } from './weights/byteSource';

/** Differs when a folder's files were changed: what was loaded from it is then not what it holds. */
export async function folderState(folder: string): Promise<string> {
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (error) {
    throw unreadable(folder, error);
  }
  const files = await Promise.all(
    names.sort().map(async (name) => {
      const { size, mtimeMs } = await stat(join(folder, name)).catch(() => ({ size: 0, mtimeMs: 0 }));
      return `${name} ${size} ${mtimeMs}`;
    }),
  );
  return [folder, ...files].join('\n');
}
