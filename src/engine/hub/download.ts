import { parseHubReference } from '../../config/hubReference';
import { UserError } from '../../config/userError';
import type { Download, DownloadProgress } from '../rpc/download';
import { cachedModel } from './cachedModel';
import { downloadModel } from './downloadModel';
import { offlineVariable } from './hubAccess';
import { throttled } from './throttled';

/** Downloads a model of the hub, or what of it is missing or new. Throws UserError; the signal's reason when aborted. */
export async function download(
  model: string,
  onProgress: (progress: DownloadProgress) => void,
  signal: AbortSignal,
): Promise<Download> {
  const reference = parseHubReference(model);
  if (reference === undefined) {
    throw new UserError(
      `${model}: is no hub id; write "org/name", or "org/name@revision" for a branch, tag or commit.`,
    );
  }
  // Who is offline on purpose is content with what is there.
  const found = offlineVariable() === undefined ? undefined : await cachedModel(reference, 'everything');
  return found ?? downloadModel(reference, { part: 'everything', signal, onProgress: throttled(onProgress) });
}
