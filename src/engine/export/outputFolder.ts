import { mkdir, readdir, rename, rm, rmdir, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemErrorCode, UserError } from '../../config/userError';
import { formatBytes } from '../../language/bytes';
import { flushFolder } from '../../run/atomicWrite';

/**
 * A folder that appears when it is whole: `unfinished` is filled, then gets the name that the user gave. What is not
 * finished keeps its other name, so nobody takes it for an export.
 */
export interface OutputFolder {
  readonly unfinished: string;
  /** Gives the folder its name. */
  finish(): Promise<void>;
  /** Takes the unfinished folder away. */
  discard(): Promise<void>;
}

/**
 * Makes the folder to fill, beside `out`. Throws a UserError when `out` has content, which is never overwritten, when
 * an earlier export left its unfinished folder, or when the disk has not `bytes` left.
 */
export async function createOutputFolder(out: string, bytes: number): Promise<OutputFolder> {
  await requireFree(out);
  await mkdir(dirname(out), { recursive: true });
  await requireRoom(dirname(out), bytes);
  const unfinished = `${out}.partial`;
  try {
    await mkdir(unfinished);
  } catch (error) {
    if (systemErrorCode(error) !== 'EEXIST') throw error;
    throw new UserError(`${unfinished}: is what an earlier export left unfinished, or is still at; delete it first.`);
  }
  return {
    unfinished,
    finish: async () => {
      // Another process may have put something there meanwhile.
      await requireFree(out);
      await flushFolder(unfinished);
      // Windows does not rename onto an empty folder.
      await rmdir(out).catch((error: unknown) => {
        if (systemErrorCode(error) !== 'ENOENT') throw error;
      });
      await rename(unfinished, out);
      await flushFolder(dirname(out));
    },
    discard: () => rm(unfinished, { recursive: true, force: true }),
  };
}

async function requireFree(out: string): Promise<void> {
  let content: string[];
  try {
    content = await readdir(out);
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === 'ENOENT') return;
    if (code === 'ENOTDIR') throw new UserError(`${out}: is a file; give the path of a new folder.`);
    throw error;
  }
  if (content.length > 0) {
    throw new UserError(`${out}: is not empty, and nothing in it is overwritten; give the path of a new folder.`);
  }
}

async function requireRoom(folder: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  if (free >= bytes) return;
  throw new UserError(
    `${folder}: has ${formatBytes(free)} free, but the export takes ${formatBytes(bytes)}; free some or choose another disk.`,
  );
}
