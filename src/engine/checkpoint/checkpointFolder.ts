import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { systemErrorCode } from '../../config/userError';
import { flushFolder } from '../../run/atomicWrite';
import { checkpointName, listCheckpoints } from '../../run/checkpoints';

/** A folder of this name is being written or being deleted; nobody takes it for a checkpoint. */
const UNFINISHED = '.step-';

/**
 * Makes the checkpoint of a step: `write` fills a folder beside it, which gets its name only when all of it is on the
 * disk. So a checkpoint that can be seen is whole, whenever the machine stops. Returns its folder.
 * Takes away what earlier interrupted calls left, so only one process may save in a run.
 */
export async function saveCheckpoint(
  checkpoints: string,
  step: number,
  write: (folder: string) => Promise<void>,
): Promise<string> {
  await mkdir(checkpoints, { recursive: true });
  await removeUnfinished(checkpoints);
  const folder = join(checkpoints, checkpointName(step));
  const unfinished = join(checkpoints, `.${checkpointName(step)}`);
  await mkdir(unfinished);
  try {
    await write(unfinished);
    await flushTree(unfinished);
    await replaceFolder(unfinished, folder);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    throw error;
  }
  await flushFolder(checkpoints);
  return folder;
}

/** Deletes the oldest checkpoints so that `keep` are left and those of the `spared` steps; 0 keeps all. */
export async function pruneCheckpoints(
  checkpoints: string,
  keep: number,
  spared: readonly number[] = [],
): Promise<void> {
  if (keep === 0) return;
  for (const { step, folder } of (await listCheckpoints(checkpoints)).slice(0, -keep)) {
    if (!spared.includes(step)) await removeWhole(folder);
  }
}

async function removeUnfinished(checkpoints: string): Promise<void> {
  for (const name of await readdir(checkpoints)) {
    if (name.startsWith(UNFINISHED)) await rm(join(checkpoints, name), { recursive: true, force: true });
  }
}

/** A run that goes on from an earlier checkpoint comes to the same steps again. */
async function replaceFolder(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    const code = systemErrorCode(error);
    // Windows says EPERM where others say that the folder is not empty.
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST' && code !== 'EPERM') throw error;
    await removeWhole(to);
    await rename(from, to);
  }
}

/** Deletes a checkpoint so that a half-deleted one is never seen. */
async function removeWhole(folder: string): Promise<void> {
  const doomed = folder.replace(/step-(\d+)$/, '.step-$1-deleted');
  await rename(folder, doomed);
  await rm(doomed, { recursive: true, force: true });
}

/** Makes the content of a folder durable, file by file. */
async function flushTree(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await flushTree(path);
    else if (entry.isFile()) {
      // Windows flushes only what is open for writing.
      const handle = await open(path, 'r+');
      try {
        await handle.sync();
      } finally {
        await handle.close();
      }
    }
  }
  await flushFolder(folder);
}
