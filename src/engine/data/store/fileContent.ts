import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { UserError } from '../../../config/userError';
import { atomicWrite } from '../../../run/atomicWrite';
import { fingerprint } from '../../fingerprint';
import { unreadable } from '../../weights/byteSource';

/** Smaller files are read again in less time than it takes to look up what they held. */
const REMEMBERED_BYTES = 64 << 20;

/** A file that changed so lately could change again within the same tick of its clock (2 s on FAT). */
const SETTLED_MS = 3000;

/** What a file held when it was looked at, and how it is told that it was not touched since. */
export interface FileContent {
  readonly bytes: number;
  readonly sha256: string;
  /** Size and times of the file. The time of change (ctime) cannot be set by a user, as the one of modification can. */
  readonly stamp: string;
}

const rememberedSchema = z.object({ stamp: z.string(), sha256: z.string() });

/**
 * The content of a file as a hash. `notes` is a folder where that of a large file is remembered: it is read whole only
 * when it was touched since. Throws a UserError when it cannot be read, the signal's reason when aborted.
 */
export async function fileContent(
  file: string,
  notes: string,
  { signal, onRead }: { readonly signal?: AbortSignal | undefined; readonly onRead?: (bytes: number) => void } = {},
): Promise<FileContent> {
  const { bytes, stamp, changedAt } = await stampOf(file);
  const note = join(notes, `${fingerprint(file)}.json`);
  const large = bytes >= REMEMBERED_BYTES;
  const known = large ? await remembered(note) : undefined;
  if (known?.stamp === stamp) return { bytes, stamp, sha256: known.sha256 };
  const began = Date.now();
  const sha256 = await hash(file, signal, onRead);
  if (large && began - changedAt > SETTLED_MS) {
    // Only a saving of time: where it cannot be written, the file is read the next time too.
    await mkdir(notes, { recursive: true })
      .then(() => atomicWrite(note, JSON.stringify({ stamp, sha256 })))
      .catch(() => undefined);
  }
  return { bytes, stamp, sha256 };
}

/** Size and times of a file as they are now. */
export async function stampOf(file: string): Promise<{ bytes: number; stamp: string; changedAt: number }> {
  try {
    const found = await stat(file, { bigint: true });
    if (!found.isFile() && !found.isDirectory()) {
      throw new UserError(
        `${file}: is not a file but a pipe or a device, which may give other data the next time; write the data into a file.`,
      );
    }
    const { size, mtimeNs, ctimeNs, ino, mtimeMs, ctimeMs } = found;
    const changedAt = Number(mtimeMs > ctimeMs ? mtimeMs : ctimeMs);
    return { bytes: Number(size), stamp: [size, mtimeNs, ctimeNs, ino].join('-'), changedAt };
  } catch (error) {
    throw unreadable(file, error);
  }
}

async function remembered(note: string): Promise<z.output<typeof rememberedSchema> | undefined> {
  try {
    return rememberedSchema.safeParse(JSON.parse(await readFile(note, 'utf8'))).data;
  } catch {
    return undefined;
  }
}

async function hash(
  file: string,
  signal: AbortSignal | undefined,
  onRead: ((bytes: number) => void) | undefined,
): Promise<string> {
  const sum = createHash('sha256');
  const stream = createReadStream(file, { highWaterMark: 1 << 20 });
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      signal?.throwIfAborted();
      sum.update(chunk);
      onRead?.(chunk.length);
    }
  } catch (error) {
    throw unreadable(file, error);
  } finally {
    stream.destroy();
  }
  return sum.digest('hex');
}
