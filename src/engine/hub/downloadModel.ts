import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { formatHubReference, isCommit, MAIN_BRANCH, type HubReference } from '../../config/hubReference';
import { UserError } from '../../config/userError';
import { atomicWrite } from '../../run/atomicWrite';
import type { DownloadProgress } from '../rpc/download';
import { readShardIndex } from '../weights/shardIndex';
import { absentPath, cachedModel, type CachedModel } from './cachedModel';
import { cachedRepository } from './cacheFolder';
import { diskFailure } from './diskErrors';
import { withLock } from './downloadLock';
import { hubAccess, offlineVariable } from './hubAccess';
import type { HubRequest } from './hubFetch';
import { currentCommit, filesAt, type HubFile } from './listing';
import { describingFiles, KNOWN_FILES, weightFiles, WEIGHTS_INDEX, type ModelPart } from './neededFiles';
import { patiently, USUAL_PATIENCE, type Patience } from './patience';
import { SnapshotDownload } from './snapshotDownload';
import { snapshotPath } from './snapshotFile';

export interface DownloadOptions {
  readonly part: ModelPart;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: DownloadProgress) => void;
  readonly patience?: Patience;
}

/**
 * Brings what is missing of a model into the cache and returns its folder there. A branch or tag is asked for its
 * commit; when the cache has all of that, this is the only request, and for a commit there is none.
 * Throws UserError for what the user can mend, and the signal's reason when aborted; what has come is kept.
 *
 * `snapshotDownload` of @huggingface/hub is not used: it takes every file of the repository, pickles and all, and
 * downloads them without resume or check (see downloadBlob). Its API calls are (see listing.ts).
 */
export async function downloadModel(reference: HubReference, options: DownloadOptions): Promise<CachedModel> {
  const { id, revision = MAIN_BRANCH } = reference;
  const { part, signal, patience = USUAL_PATIENCE } = options;
  const offline = offlineVariable();
  if (offline !== undefined) {
    throw new UserError(`${id}: is not completely downloaded, and ${offline} forbids to ask the hub; unset it.`);
  }
  const request: HubRequest = { access: await hubAccess(), reference, patience, signal };
  const commit = isCommit(revision) ? revision : await patiently(() => currentCommit(request), request);
  const repository = cachedRepository(id);
  const find = (): Promise<CachedModel | undefined> => cachedModel({ id, revision: commit }, part, { thorough: true });
  try {
    if ((await find()) === undefined) {
      const onWait = (): void => options.onProgress({ kind: 'waiting' });
      await withLock(repository.lock, { signal, onWait }, async () => {
        // Whoever held the lock may have downloaded the same.
        if ((await find()) === undefined) await downloadCommit(commit, request, options);
      });
    }
    if (revision !== commit) await writeRef(join(repository.refs, revision), commit);
  } catch (error) {
    signal.throwIfAborted();
    throw diskFailure(error, id);
  }
  const found = await find();
  if (found === undefined) throw new Error(`${formatHubReference(reference)} is not in the cache after its download`);
  return found;
}

async function downloadCommit(
  commit: string,
  request: HubRequest,
  { part, onProgress }: DownloadOptions,
): Promise<void> {
  const { id } = request.reference;
  const repository = cachedRepository(id);
  const files = await patiently(() => filesAt(commit, request), request);
  const describing = describingFiles(files, part, id);
  const download = new SnapshotDownload({ ...request, repository, commit, onProgress });
  let wanted: HubFile[] = describing;
  if (part === 'everything') {
    const index = describing.find(({ name }) => name === WEIGHTS_INDEX);
    let shards: Iterable<string> = [];
    if (index !== undefined) {
      await download.fetch([index]);
      shards = (await readShardIndex(snapshotPath(repository, commit, WEIGHTS_INDEX))).values();
    }
    wanted = [...describing, ...weightFiles(files, shards, id)];
  }
  await download.fetch(wanted);
  for (const name of KNOWN_FILES) {
    if (files.has(name)) continue;
    const absent = absentPath(repository, commit, name);
    await mkdir(dirname(absent), { recursive: true });
    await writeFile(absent, '');
  }
}

async function writeRef(file: string, commit: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await atomicWrite(file, commit);
}
