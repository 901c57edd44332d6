import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { systemErrorCode, UserError } from '../../../config/userError';
import { STORE_HEADER } from './storeFormat';
import { DamagedStore, TokenStore } from './tokenStore';

/** Stores that were used least recently go when all together are larger: about as much as 40 GB of text. */
const CACHE_LIMIT_BYTES = 20 * 2 ** 30;

/** A folder that is being written changes all the time; what has not for a day was left by a process that is gone. */
const ABANDONED_MS = 24 * 60 * 60 * 1000;

/** A key, as the folder of its store is called. What begins with a dot is being written or deleted. */
const KEY = /^[0-9a-f]{32}$/;

/** Where tokenized data is kept: the user's cache folder, or $MORA_CACHE. */
export function tokenCacheFolder(env: NodeJS.ProcessEnv = process.env, platform = process.platform): string {
  const { MORA_CACHE, LOCALAPPDATA, XDG_CACHE_HOME } = env;
  if (MORA_CACHE !== undefined && MORA_CACHE !== '') return join(MORA_CACHE, 'tokens');
  const given = platform === 'win32' ? LOCALAPPDATA : XDG_CACHE_HOME;
  const user = given === undefined || given === '' ? join(homedir(), '.cache') : given;
  return join(user, 'mora-studio', 'tokens');
}

/**
 * Stores by the key of what they were made from. One that can be seen is whole: it is written under another name and
 * renamed. Several processes may read and write side by side; who comes second takes the store of who came first.
 */
export class TokenCache {
  constructor(
    readonly folder: string = tokenCacheFolder(),
    private readonly limitBytes: number = CACHE_LIMIT_BYTES,
  ) {}

  /** The store of a key, undefined when there is none. A damaged one is taken away and told of. */
  async open(key: string, onDamaged: (note: string) => void): Promise<TokenStore | undefined> {
    const folder = join(this.folder, key);
    if (!(await exists(folder))) return undefined;
    try {
      const store = await TokenStore.open(folder);
      const now = new Date();
      // The time of its last use, for whoever makes room. A cache that may only be read does without.
      await utimes(join(folder, STORE_HEADER), now, now).catch(() => undefined);
      return store;
    } catch (error) {
      if (!(error instanceof DamagedStore)) throw error;
      onDamaged(`${folder}: is damaged (${error.message}); the data is tokenized again`);
      await this.remove(key);
      return undefined;
    }
  }

  /**
   * Has `write` fill an empty folder, makes it the store of a key, and makes room if all are too large. Throws a
   * UserError when the folder cannot be written or the disk is full.
   */
  async fill(key: string, write: (folder: string) => Promise<void>): Promise<void> {
    const unfinished = this.hidden(key);
    try {
      await mkdir(unfinished, { recursive: true });
      await write(unfinished);
      await rename(unfinished, join(this.folder, key)).catch((error: unknown) => {
        // Another process has made the same store meanwhile.
        if (!isOccupied(error)) throw error;
      });
    } catch (error) {
      throw this.unwritable(error);
    } finally {
      await rm(unfinished, { recursive: true, force: true }).catch(() => undefined);
    }
    await this.makeRoom(key);
  }

  private async makeRoom(kept: string): Promise<void> {
    const entries = await readdir(this.folder).catch(() => []);
    const stores: { key: string; bytes: number; usedAt: number }[] = [];
    for (const name of entries) {
      const { bytes, changedAt } = await measure(join(this.folder, name));
      if (KEY.test(name)) stores.push({ key: name, bytes, usedAt: changedAt });
      else if (name.startsWith('.') && Date.now() - changedAt > ABANDONED_MS) {
        await rm(join(this.folder, name), { recursive: true, force: true }).catch(() => undefined);
      }
    }
    let total = stores.reduce((sum, { bytes }) => sum + bytes, 0);
    for (const { key, bytes } of stores.sort((a, b) => a.usedAt - b.usedAt)) {
      if (total <= this.limitBytes) return;
      if (key === kept) continue;
      await this.remove(key);
      total -= bytes;
    }
  }

  /** Renamed first, so that a half-deleted store is never seen. Whoever has it open can read on. */
  private async remove(key: string): Promise<void> {
    const doomed = this.hidden(key);
    try {
      await rename(join(this.folder, key), doomed);
      await rm(doomed, { recursive: true, force: true });
    } catch (error) {
      // Another process was faster, or holds it open on Windows: then it stays for the next time.
      if (!['ENOENT', 'EPERM', 'EBUSY', 'EACCES'].includes(systemErrorCode(error) ?? '')) throw error;
    }
  }

  private hidden(key: string): string {
    return join(this.folder, `.${key}-${process.pid}-${randomBytes(4).toString('hex')}`);
  }

  private unwritable(error: unknown): unknown {
    const mend = 'or set MORA_CACHE to a folder for tokenized data';
    switch (systemErrorCode(error)) {
      case 'ENOSPC':
      case 'EDQUOT':
        return new UserError(`${this.folder}: has no room for the tokenized data; free some, ${mend}.`);
      case 'EACCES':
      case 'EPERM':
      case 'EROFS':
      case 'ENOTDIR':
      case 'EEXIST':
        return new UserError(`${this.folder}: cannot be written; change its permissions, ${mend}.`);
      default:
        return error;
    }
  }
}

function isOccupied(error: unknown): boolean {
  // Windows says EPERM where others say that the folder is not empty.
  return ['ENOTEMPTY', 'EEXIST', 'EPERM'].includes(systemErrorCode(error) ?? '');
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** Bytes of the files of a folder, and when one of them changed last; nothing of a folder that has just gone. */
async function measure(folder: string): Promise<{ bytes: number; changedAt: number }> {
  let bytes = 0;
  let changedAt = 0;
  for (const name of await readdir(folder).catch(() => [])) {
    const found = await stat(join(folder, name)).catch(() => undefined);
    bytes += found?.size ?? 0;
    changedAt = Math.max(changedAt, found?.mtimeMs ?? 0);
  }
  return { bytes, changedAt };
}
