import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemErrorCode } from '../../config/userError';
import { processIsAlive } from '../../run/status';

/** How often the holder touches its lock, and others look at it. */
const BEAT_MS = 2000;
const POLL_MS = 500;

/** A lock that nobody touched for so long, by the watcher's own clock, is of a process that is gone. */
const STALE_MS = 30_000;

export interface LockOptions {
  readonly signal: AbortSignal;
  /** Is called once when someone else holds it. */
  readonly onWait: () => void;
  readonly staleMs?: number;
}

/**
 * Does `work` while no other process of ours works under the same lock file, on this machine or another. Node has no
 * flock, so the lock is the existence of the file: its holder names itself in it and touches it while it lives.
 * Should two ever hold it (a machine that slept), they write the same bytes at the same places.
 */
export async function withLock<T>(file: string, options: LockOptions, work: () => Promise<T>): Promise<T> {
  await mkdir(dirname(file), { recursive: true });
  const mine = JSON.stringify({ pid: process.pid, host: hostname(), id: randomUUID() });
  await acquire(file, mine, options);
  const beat = setInterval(() => {
    const now = new Date();
    void utimes(file, now, now).catch(() => undefined);
  }, BEAT_MS);
  try {
    return await work();
  } finally {
    clearInterval(beat);
    if ((await content(file)) === mine) await rm(file, { force: true });
  }
}

async function acquire(file: string, mine: string, { signal, onWait, staleMs = STALE_MS }: LockOptions): Promise<void> {
  let seen = '';
  let seenAt = 0;
  let told = false;
  while (!(await create(file, mine))) {
    const holder = await content(file);
    const state = `${holder} ${await touchedAt(file)}`;
    if (state !== seen) [seen, seenAt] = [state, performance.now()];
    if (holder !== undefined && (isDead(holder) || performance.now() - seenAt > staleMs)) {
      await remove(file, holder);
      continue;
    }
    if (!told) onWait();
    told = true;
    await sleep(POLL_MS, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}

async function create(file: string, content: string): Promise<boolean> {
  try {
    const handle = await open(file, 'wx');
    await handle.writeFile(content).finally(() => handle.close());
    return true;
  } catch (error) {
    if (systemErrorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Takes away the lock of a process that is gone; of several that want to, one does, and none takes a newer lock. */
async function remove(file: string, holder: string): Promise<void> {
  const aside = `${file}.${randomUUID()}`;
  try {
    await rename(file, aside);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return;
    throw error;
  }
  if ((await content(aside)) === holder) await rm(aside, { force: true });
  else await rename(aside, file); // someone was faster, and this is theirs
}

function isDead(holder: string): boolean {
  try {
    const { pid, host } = JSON.parse(holder) as { pid?: unknown; host?: unknown };
    return host === hostname() && typeof pid === 'number' && !processIsAlive(pid);
  } catch {
    return false; // half written, or not ours: the clock decides
  }
}

async function content(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch(() => undefined);
}

async function touchedAt(file: string): Promise<number> {
  return stat(file).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );
}
