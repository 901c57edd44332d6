import { stat } from 'node:fs/promises';
import { systemErrorCode } from '../../config/userError';
import { LineFollower, type FollowBounds } from '../../run/lineFile';

/**
 * Follows a file of lines that may be replaced by another of the same name: a run that goes back to a checkpoint
 * writes its metrics anew, and by the next look the new file may be longer than the old one was.
 */
export class ReplaceableLines {
  private follower: LineFollower;
  private inode: number | undefined;

  constructor(
    private readonly file: string,
    private readonly bounds: FollowBounds = {},
  ) {
    this.follower = new LineFollower(file, bounds);
  }

  /** The lines added since the last call; all of them, and `restarted`, when the file is another one. */
  async read(): Promise<{ lines: string[]; restarted: boolean }> {
    const inode = await this.currentInode();
    const isAnother = this.inode !== undefined && inode !== undefined && inode !== this.inode;
    if (isAnother) this.follower = new LineFollower(this.file, this.bounds);
    this.inode = inode ?? this.inode;
    const { lines, restarted } = await this.follower.read();
    return { lines, restarted: restarted || isAnother };
  }

  /** From now on the whole file is new. */
  restart(): void {
    this.follower = new LineFollower(this.file, this.bounds);
  }

  private async currentInode(): Promise<number | undefined> {
    try {
      return (await stat(this.file)).ino;
    } catch (error) {
      if (systemErrorCode(error) === 'ENOENT') return undefined;
      throw error;
    }
  }
}
