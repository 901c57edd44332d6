import { statfs } from 'node:fs/promises';
import { UserError, systemErrorCode } from '../../config/userError';
import { formatBytes } from '../../language/bytes';
import { hubCache } from './cacheFolder';

/** What to throw when the cache cannot be written. `id` is the model that was being downloaded. */
export function diskFailure(error: unknown, id: string): Error {
  const code = systemErrorCode(error);
  const cache = hubCache();
  // Codes of Node itself ("ERR_…") are bugs of ours.
  if (code === undefined || !/^E[A-Z0-9]+$/.test(code))
    return error instanceof Error ? error : new Error(String(error));
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new UserError(
        `${id}: ${cache} is full; free space or set HF_HOME to a folder on another disk, then start again: what has come is kept.`,
      );
    default:
      return new UserError(`${id}: ${cache} cannot be written (${code}); mend that or set HF_HOME to another folder.`);
  }
}

/** Throws a UserError when `bytes` more do not fit on the disk of an existing folder. */
export async function requireSpace(folder: string, bytes: number, id: string): Promise<void> {
  const found = await statfs(folder).catch(() => undefined); // some network disks do not say
  if (found === undefined || found.blocks === 0) return;
  const free = found.bavail * found.bsize;
  if (free >= bytes) return;
  throw new UserError(
    `${id}: ${formatBytes(bytes)} are still to come, but ${hubCache()} has ${formatBytes(free)} free; free space or set HF_HOME to a folder on another disk.`,
  );
}
