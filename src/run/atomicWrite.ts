import { open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

let counter = 0;

/**
 * Replaces a file so that a reader, or a machine that loses power, sees the old content or the new and nothing between:
 * write beside it, flush, rename, flush the folder.
 */
export async function atomicWrite(file: string, content: string | Uint8Array | readonly Uint8Array[]): Promise<void> {
  const temporary = join(dirname(file), `.${process.pid}-${counter++}.tmp`);
  try {
    const handle = await open(temporary, 'wx');
    try {
      const parts = typeof content === 'string' || content instanceof Uint8Array ? [content] : content;
      for (const part of parts) await handle.writeFile(part);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await flushFolder(dirname(file));
}

/** Makes renames in a folder durable. Windows cannot open folders and does not need to. */
export async function flushFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
