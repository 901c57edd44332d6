import { stat } from 'node:fs/promises';
import { systemErrorCode } from '../../config/userError';

/** What became of a file since it was last looked at. */
export type FileChange = 'same' | 'changed' | 'gone' | 'back';

/** Looks at a file now and then, where no watcher sees it: outside the workspace, or on another machine's disk. */
export class FileChanges {
  private stamp: string | undefined;
  /** The stamp that it had before it vanished. */
  private lost: string | undefined;

  constructor(private readonly file: string) {}

  /** The first look is "same" where the file is there. A file that comes back as it was is "back", else "changed". */
  async look(): Promise<FileChange> {
    const stamp = await stampOf(this.file);
    const { stamp: before, lost } = this;
    if (stamp === null) {
      this.lost ??= before ?? '';
      return lost === undefined ? 'gone' : 'same';
    }
    this.lost = undefined;
    this.stamp = stamp;
    if (lost !== undefined) return lost === stamp ? 'back' : 'changed';
    return before === undefined || before === stamp ? 'same' : 'changed';
  }
}

async function stampOf(file: string): Promise<string | null> {
  try {
    const { size, mtimeMs, ino } = await stat(file);
    return `${size} ${mtimeMs} ${ino}`;
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw error;
  }
}
