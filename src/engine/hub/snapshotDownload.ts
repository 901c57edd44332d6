import { mkdir, stat } from 'node:fs/promises';
import type { DownloadProgress } from '../rpc/download';
import { downloadBlob, partialPath } from './blobDownload';
import type { CachedRepository } from './cacheFolder';
import { requireSpace } from './diskErrors';
import type { HubRequest } from './hubFetch';
import type { HubFile } from './listing';
import { blobPath, hasSize, placeBlob, snapshotPath } from './snapshotFile';

export interface SnapshotRequest extends HubRequest {
  readonly repository: CachedRepository;
  readonly commit: string;
  readonly onProgress: (progress: DownloadProgress) => void;
}

/** Brings files of a commit into the cache, one after the other: a single connection already fills most lines. */
export class SnapshotDownload {
  constructor(private readonly request: SnapshotRequest) {}

  /** Gets those that are not there, in this order: who finds the last of them finds them all. */
  async fetch(files: readonly HubFile[]): Promise<void> {
    const { repository, commit, reference, onProgress } = this.request;
    await mkdir(repository.blobs, { recursive: true });
    const total = files.reduce((sum, { size }) => sum + size, 0);
    const missing: HubFile[] = [];
    for (const file of files) {
      if (!(await hasSize(snapshotPath(repository, commit, file.name), file.size))) missing.push(file);
    }
    let done = total - missing.reduce((sum, { size }) => sum + size, 0);
    await requireSpace(repository.blobs, await this.bytesToCome(missing), reference.id);
    for (const file of missing) {
      const before = done;
      await this.fetchOne(file, (bytes) => {
        onProgress({ kind: 'downloading', file: file.name, bytes, size: file.size, done: before + bytes, total });
      });
      done += file.size;
    }
  }

  private async fetchOne(file: HubFile, onBytes: (bytes: number) => void): Promise<void> {
    const { repository, commit, access, reference } = this.request;
    const blob = blobPath(repository, file);
    // Another commit, or the Python library, may have brought it.
    const fresh = !(await hasSize(blob, file.size));
    if (fresh) {
      const url = `${access.endpoint}/${reference.id}/resolve/${commit}/${encodeURIComponent(file.name)}`;
      await downloadBlob({ ...this.request, file, url, blob, onBytes });
    }
    await placeBlob(blob, snapshotPath(repository, commit, file.name), fresh);
  }

  private async bytesToCome(files: readonly HubFile[]): Promise<number> {
    let bytes = 0;
    for (const file of files) {
      const blob = blobPath(this.request.repository, file);
      if (await hasSize(blob, file.size)) continue;
      const partial = await stat(partialPath(blob)).catch(() => undefined);
      bytes += Math.max(0, file.size - (partial?.size ?? 0));
    }
    return bytes;
  }
}
