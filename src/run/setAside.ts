import { copyFile, mkdir, rename } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { systemErrorCode } from '../config/userError';
import { listCheckpoints } from './checkpoints';
import { runPaths } from './runDirectory';

/** Folder within a run with what was set aside. */
const SET_ASIDE = 'set-aside';

/**
 * Takes the checkpoints after `step` out of a run that is to go on from there, without losing anything: they move into
 * a folder of their own, beside copies of what the run had written of itself, so that this folder is a run too. Returns
 * the folder, undefined when there was nothing later.
 */
export async function setAsideAfter(root: string, step: number, now = new Date()): Promise<string | undefined> {
  const paths = runPaths(root);
  const later = (await listCheckpoints(paths.checkpoints)).filter((checkpoint) => checkpoint.step > step);
  if (later.length === 0) return undefined;
  const aside = runPaths(await newFolder(join(root, SET_ASIDE), now));
  await mkdir(aside.checkpoints);
  for (const file of ['config', 'status', 'metrics', 'spectra', 'samples', 'log'] as const) {
    await copyIfAny(paths[file], aside[file]);
  }
  // The newest first: whenever this is interrupted, what is left is a run that ends earlier.
  for (const { folder } of later.reverse()) await rename(folder, join(aside.checkpoints, basename(folder)));
  return aside.root;
}

async function newFolder(parent: string, now: Date): Promise<string> {
  const stamp = now.toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-');
  await mkdir(parent, { recursive: true });
  for (let attempt = 1; ; attempt++) {
    const folder = join(parent, attempt === 1 ? stamp : `${stamp}-${attempt}`);
    try {
      await mkdir(folder);
      return folder;
    } catch (error) {
      if (systemErrorCode(error) !== 'EEXIST') throw error;
    }
  }
}

async function copyIfAny(from: string, to: string): Promise<void> {
  try {
    await copyFile(from, to);
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT') throw error;
  }
}
