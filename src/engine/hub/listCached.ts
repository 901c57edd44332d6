import { opendir } from 'node:fs/promises';
import { parseHubReference } from '../../config/hubReference';
import { systemErrorCode } from '../../config/userError';
import { cachedModel } from './cachedModel';
import { hubCache } from './cacheFolder';

/** More models than one looks through in a list; each costs a few looks into its folder. */
const MAX_MODELS = 500;

const FOLDER = /^models--([^/\\]+?)--([^/\\]+)$/;

/** Hub ids of the models that the cache holds whole at their main branch, in order. No request is made. */
export async function listCached(signal: AbortSignal): Promise<string[]> {
  const ids: string[] = [];
  try {
    for await (const { name } of await opendir(hubCache())) {
      signal.throwIfAborted();
      const [, organisation = '', model = ''] = FOLDER.exec(name) ?? [];
      const reference = parseHubReference(`${organisation}/${model}`);
      if (reference === undefined || (await cachedModel(reference, 'everything')) === undefined) continue;
      ids.push(reference.id);
      if (ids.length === MAX_MODELS) break;
    }
  } catch (error) {
    // Without a cache, or without a look into it, there is nothing to offer from it.
    if (systemErrorCode(error) === undefined) throw error;
  }
  return ids.sort();
}
