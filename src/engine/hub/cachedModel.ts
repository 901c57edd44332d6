import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isCommit, MAIN_BRANCH, type HubReference } from '../../config/hubReference';
import { UserError } from '../../config/userError';
import { fileExists } from '../weights/jsonFile';
import { readShardIndex } from '../weights/shardIndex';
import { cachedRepository, type CachedRepository } from './cacheFolder';
import { CONFIG, KNOWN_FILES, TOKENIZER, WEIGHTS, WEIGHTS_INDEX, type ModelPart } from './neededFiles';
import { snapshotPath } from './snapshotFile';

/** A model in the cache. */
export interface CachedModel {
  /** The folder of the snapshot, as of a Hugging Face model. */
  readonly folder: string;
  readonly commit: string;
}

/**
 * The model of a reference when the cache has it, whoever downloaded it; for a branch or tag, the commit that this was
 * when last asked. Undefined when something is missing. No request is made. Usually config.json, the tokenizer (or the
 * note that there is none) and the weights are enough; `thorough` wants the same of every file that we would download.
 */
export async function cachedModel(
  { id, revision = MAIN_BRANCH }: HubReference,
  part: ModelPart,
  { thorough = false }: { readonly thorough?: boolean } = {},
): Promise<CachedModel | undefined> {
  const repository = cachedRepository(id);
  const commit = isCommit(revision) ? revision : await readRef(repository, revision);
  if (commit === undefined) return undefined;
  const has = (name: string): Promise<boolean> => fileExists(snapshotPath(repository, commit, name));
  if (!(await has(CONFIG))) return undefined;
  for (const name of thorough ? KNOWN_FILES : [TOKENIZER]) {
    if (!(await has(name)) && !(await fileExists(absentPath(repository, commit, name)))) return undefined;
  }
  const folder = dirname(snapshotPath(repository, commit, CONFIG));
  if (part === 'everything' && !(await has(WEIGHTS)) && !(await hasShards(folder))) return undefined;
  return { folder, commit };
}

/** The empty file that says that a commit has no file of that name. */
export function absentPath(repository: CachedRepository, commit: string, name: string): string {
  return join(repository.absent, commit, name);
}

async function hasShards(folder: string): Promise<boolean> {
  const index = join(folder, WEIGHTS_INDEX);
  if (!(await fileExists(index))) return false;
  try {
    for (const shard of new Set((await readShardIndex(index)).values())) {
      if (!(await fileExists(join(folder, shard)))) return false;
    }
    return true;
  } catch (error) {
    if (error instanceof UserError) return false; // not to be read: to be downloaded again
    throw error;
  }
}

/** A branch is as good as unknown when its file does not hold a commit. */
async function readRef({ refs }: CachedRepository, revision: string): Promise<string | undefined> {
  const handle = await open(join(refs, revision), 'r').catch(() => undefined);
  if (handle === undefined) return undefined;
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(64), 0, 64, 0);
    const text = buffer.toString('latin1', 0, bytesRead).trim();
    return isCommit(text) ? text : undefined;
  } catch {
    return undefined; // a folder
  } finally {
    await handle.close();
  }
}
