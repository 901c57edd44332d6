import { isAbsolute } from 'node:path';
import { formatHubReference, parseHubReference } from '../../config/hubReference';
import { modelFolderOf, withModelFolder } from '../../config/modelFolder';
import type { ModelReference } from '../../config/schema';
import { UserError } from '../../config/userError';
import { cachedModel, type CachedModel } from './cachedModel';
import type { DownloadOptions } from './downloadModel';
import type { ModelPart } from './neededFiles';

/**
 * The folder of a model, wherever one is opened: of a path itself, of a hub id its snapshot in the cache. Makes no
 * request; throws a UserError that says how to download what is not there.
 */
export async function modelFolder(model: ModelReference, part: ModelPart = partOf(model)): Promise<string> {
  const written = modelFolderOf(model);
  const reference = hubReference(written);
  if (reference === undefined) return written;
  const found = await cachedModel(reference, part);
  if (found !== undefined) return found.folder;
  throw new UserError(
    `${written}: there is no folder of that name here, and the hub's model is not downloaded yet; run \`mora download ${formatHubReference(reference)}\`.`,
  );
}

/** The folder of a model that the cache has; undefined for a path, and for a model that is not there. */
export async function cachedModelFolder(text: string, part: ModelPart): Promise<string | undefined> {
  const reference = hubReference(text);
  return reference && (await cachedModel(reference, part))?.folder;
}

/**
 * The model pinned to the commit that it is now ("org/name@<commit>"), so that whatever becomes of the branch, a run
 * goes on with the weights it began with. Downloads it when the cache lacks it; a path stays as it is.
 */
export async function pinModel(
  model: ModelReference,
  { part = partOf(model), ...options }: Omit<DownloadOptions, 'part'> & { readonly part?: ModelPart },
): Promise<ModelReference> {
  const reference = hubReference(modelFolderOf(model));
  if (reference === undefined) return model;
  // What is there is taken without asking for news, so that a run trains what its plan showed.
  const found: CachedModel =
    (await cachedModel(reference, part)) ??
    (await (await import('./downloadModel')).downloadModel(reference, { ...options, part }));
  return withModelFolder(model, formatHubReference({ id: reference.id, revision: found.commit }));
}

/** An absolute path may look like anything, but it is no hub id. */
function hubReference(text: string): ReturnType<typeof parseHubReference> {
  return isAbsolute(text) ? undefined : parseHubReference(text);
}

/** A model that starts from random weights needs none. */
function partOf(model: ModelReference): ModelPart {
  return typeof model === 'string' ? 'everything' : 'configuration';
}
