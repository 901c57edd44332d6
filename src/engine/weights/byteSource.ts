import { open } from 'node:fs/promises';
import { systemErrorCode, UserError } from '../../config/userError';

/** Bytes that can be read at any position: a file here, anything with ranges elsewhere. */
export interface ByteSource {
  /** What to call it in an error: the path as the user knows it. */
  readonly name: string;
  /** Bytes in all. */
  readonly size: number;
  /** Of an open file: what other threads of this process read it by. */
  readonly descriptor?: number;
  /** Fills `target` with the bytes from `position` on. Throws a UserError when there are fewer. */
  read(target: Uint8Array, position: number): Promise<void>;
  close(): Promise<void>;
}

/** The operating systems' limit of one read is 2 GiB - 1; smaller reads let others have the disk meanwhile. */
const MAX_READ = 64 << 20;

/** Opens a file for reading by position. Throws a UserError when it is missing, unreadable or a folder. */
export async function openFileBytes(file: string): Promise<ByteSource> {
  const handle = await open(file, 'r').catch((error: unknown) => {
    throw unreadable(file, error);
  });
  try {
    const stat = await handle.stat();
    if (!stat.isFile()) throw new UserError(`${file}: is not a file; give the path of one.`);
    return {
      name: file,
      size: stat.size,
      descriptor: handle.fd,
      close: () => handle.close(),
      async read(target, position) {
        let done = 0;
        while (done < target.length) {
          const length = Math.min(MAX_READ, target.length - done);
          const { bytesRead } = await handle.read(target, done, length, position + done);
          if (bytesRead === 0) {
            throw new UserError(`${file}: ends at byte ${position + done}, too early; copy or download it again.`);
          }
          done += bytesRead;
        }
      },
    };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** The UserError for a path that cannot be opened, or the error itself when the user cannot mend it. */
export function unreadable(file: string, error: unknown): unknown {
  switch (systemErrorCode(error)) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new UserError(`${file}: does not exist; check the path.`);
    case 'EISDIR':
      return new UserError(`${file}: is a folder; give the path of a file.`);
    case 'EACCES':
    case 'EPERM':
      return new UserError(`${file}: may not be read; change its permissions.`);
    default:
      return error;
  }
}
