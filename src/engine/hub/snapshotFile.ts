import { copyFile, mkdir, rename, rm, stat, symlink } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { systemErrorCode } from '../../config/userError';
import type { CachedRepository } from './cacheFolder';
import type { HubFile } from './listing';

/** Where a file of a commit is, once it is there. */
export function snapshotPath(repository: CachedRepository, commit: string, name: string): string {
  return join(repository.snapshots, commit, name);
}

export function blobPath(repository: CachedRepository, file: HubFile): string {
  return join(repository.blobs, file.hash.hex);
}

/** Whether a file is there with this size, through a link if it is one. */
export async function hasSize(path: string, size: number): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile() && found.size === size,
    () => false,
  );
}

/**
 * Puts a blob into the snapshot of a commit: as a relative link, so that the cache can be moved. Where links are not
 * allowed (Windows without developer mode) the snapshot holds the file itself, as with the Python library: a `fresh`
 * blob moves there, one that other commits may use is copied.
 */
export async function placeBlob(blob: string, target: string, fresh: boolean): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  await rm(target, { force: true }); // a link whose blob was deleted
  try {
    await symlink(relative(dirname(target), blob), target);
  } catch (error) {
    if (!LINKS_REFUSED.has(systemErrorCode(error) ?? '')) throw error;
    if (fresh) {
      await rename(blob, target);
      return;
    }
    const half = `${target}.incomplete`;
    await copyFile(blob, half);
    await rename(half, target);
  }
}

/** Windows says EPERM; file systems without links say one of the others. */
const LINKS_REFUSED = new Set(['EPERM', 'EACCES', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP', 'EINVAL']);
