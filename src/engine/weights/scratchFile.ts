import { randomUUID } from 'node:crypto';
import { open, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';

/** Opens a new file for reading and writing that loses its name at once: however the process ends, nothing is left of it. */
export async function openScratchFile(folder: string): Promise<FileHandle> {
  const file = join(folder, `scratch-${randomUUID()}`);
  const handle = await open(file, 'wx+');
  try {
    await rm(file);
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}
