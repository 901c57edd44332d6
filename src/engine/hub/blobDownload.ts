import { rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { UserError } from '../../config/userError';
import { flushFolder } from '../../run/atomicWrite';
import { PartialFile } from './partialFile';
import { Tries } from './patience';
import { receive, type FileRequest } from './receive';

export interface BlobDownload extends FileRequest {
  /** The file in the cache that gets the content once it is whole and right. */
  readonly blob: string;
}

/** Where a blob grows. Older Python libraries append to `<hash>.incomplete`; a name of our own keeps us apart. */
export function partialPath(blob: string): string {
  return `${blob}.mora.incomplete`;
}

/**
 * Downloads a file into the cache: goes on from the byte where an earlier attempt was cut off, and puts the blob in
 * place only when its hash is what the hub lists. Throws UserError, or the signal's reason when aborted; what has come
 * stays for the next time. To be called by the holder of the repository's lock.
 *
 * `downloadFileToCacheDir` of @huggingface/hub is not used: it begins anew each time, checks no hash, and can neither
 * tell how far it is nor be cancelled.
 */
export async function downloadBlob(download: BlobDownload): Promise<void> {
  const { blob, file, reference } = download;
  const partial = partialPath(blob);
  const first = await complete(partial, download);
  let { right } = first;
  if (!right && first.resumed) {
    // A crash may have damaged what was here before: that deserves a second chance, from the first byte.
    await rm(partial);
    ({ right } = await complete(partial, download));
  }
  if (!right) {
    await rm(partial);
    throw new UserError(
      `${reference.id}: ${file.name} came with other content than the hub lists (by its ${file.hash.kind === 'git' ? 'git hash' : 'SHA-256'}) and was deleted; try again, or check HF_ENDPOINT.`,
    );
  }
  await rename(partial, blob);
  await flushFolder(dirname(blob));
}

/** Gets what is missing. Tells whether there was a beginning already, and whether the content is right. */
async function complete(path: string, download: BlobDownload): Promise<{ resumed: boolean; right: boolean }> {
  const { file, reference, patience, signal, onBytes } = download;
  const partial = await PartialFile.open(path, file, reference.id, signal, onBytes);
  try {
    const resumed = partial.position > 0;
    const tries = new Tries(patience, signal);
    while (partial.position < file.size) {
      const before = partial.position;
      try {
        await receive(partial, download);
      } catch (error) {
        if (partial.position > before) tries.succeeded();
        const where = `${reference.id}: ${file.name} stopped at byte ${partial.position} of ${file.size}, where the next attempt goes on`;
        await tries.afterFailure(error, where);
      }
    }
    return { resumed, right: await partial.isRight() };
  } finally {
    await partial.close();
  }
}
