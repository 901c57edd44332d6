import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * A folder that was last changed longer ago has nothing in it that is still being written: a run directory is made
 * before its status, and disks round times, some to two seconds.
 */
const SETTLED_MS = 10_000;

/**
 * Folders that hold run directories, `.mora/runs`, looked at by and by: watchers miss what is made in a folder that is
 * itself new, as by the first `mora train` in a terminal, and all that happens on shared disks. A look at a folder in
 * which nothing changed costs one stat.
 */
export class RunFolders {
  /** The time of the last change of each folder, once all that was in it then has been told. */
  private readonly folders = new Map<string, number>();

  constructor(
    /** Takes a directory that may be a run. */
    private readonly found: (root: string) => void,
    private readonly now: () => number = Date.now,
  ) {}

  /** It need not exist yet. */
  add(folder: string): void {
    if (!this.folders.has(folder)) this.folders.set(folder, NaN);
  }

  /** Tells the directories in folders that have changed since they were told; the same one may be told again. */
  async look(): Promise<void> {
    await Promise.all(Array.from(this.folders, ([folder, told]) => this.lookInto(folder, told)));
  }

  private async lookInto(folder: string, told: number): Promise<void> {
    try {
      const { mtimeMs } = await stat(folder);
      if (mtimeMs === told) return;
      for (const entry of await readdir(folder, { withFileTypes: true })) {
        if (entry.isDirectory()) this.found(join(folder, entry.name));
      }
      if (this.now() - mtimeMs > SETTLED_MS) this.folders.set(folder, mtimeMs);
    } catch {
      // Not there, or not for us: it is looked at again.
      this.folders.set(folder, NaN);
    }
  }
}
