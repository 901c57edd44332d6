import { readdir, stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { hubCache } from '../hub/cacheFolder';
import type { CacheState } from '../rpc/diagnosis';

/** The cache of the Hugging Face hub and the disk that it is, or would be, on. */
export async function cacheState(folder = hubCache()): Promise<CacheState> {
  const names = await readdir(folder).catch(() => undefined);
  return {
    folder,
    exists: names !== undefined,
    models: names?.filter((name) => name.startsWith('models--')).length ?? 0,
    free: await freeBytes(folder),
  };
}

async function freeBytes(folder: string): Promise<number | null> {
  for (let place = folder; ; place = dirname(place)) {
    const there = await stat(place).catch(() => undefined);
    if (there === undefined && place !== dirname(place)) continue;
    const disk = await statfs(place).catch(() => undefined);
    return disk === undefined || disk.blocks === 0 ? null : disk.bavail * disk.bsize;
  }
}
