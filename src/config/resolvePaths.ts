import { existsSync } from 'node:fs';
import { isAbsolute, resolve, sep } from 'node:path';
import { escapePath, isDynamicPattern } from 'tinyglobby';
import { parseHubReference } from './hubReference';
import { modelFolderOf, withModelFolder } from './modelFolder';
import type { Configuration, ModelReference } from './schema';

/**
 * The configuration with every path absolute. Relative paths in a document are relative to the document's `folder`;
 * a run's config.json holds absolute ones, so that it means the same from anywhere. A hub id stays as it is.
 */
export function resolvePaths(configuration: Configuration, folder: string): Configuration {
  const { model, data, adapter } = configuration;
  return {
    ...configuration,
    model: resolveModelPath(model, folder),
    data: {
      ...data,
      train:
        typeof data.train === 'string'
          ? resolveSource(folder, data.train)
          : data.train.map((source) => resolveSource(folder, source)),
      validation: typeof data.validation === 'string' ? resolveSource(folder, data.validation) : data.validation,
      template: data.template === null ? null : resolve(folder, data.template),
    },
    adapter: { ...adapter, initial: adapter.initial === null ? null : resolve(folder, adapter.initial) },
  };
}

/** A file, a folder or a pattern. What a folder is called is no part of a pattern in it, and patterns take slashes only. */
function resolveSource(folder: string, source: string): string {
  if (!isDynamicPattern(source)) return resolve(folder, source);
  if (isAbsolute(source)) return source;
  return `${escapePath(resolve(folder).replaceAll(sep, '/'))}/${source.replaceAll(sep, '/')}`;
}

/** "org/name" may be a folder beside the document or a model of the hub: what exists is meant. */
function resolveModelPath(model: ModelReference, folder: string): ModelReference {
  const written = modelFolderOf(model);
  const path = resolve(folder, written);
  const isOnHub = parseHubReference(written) !== undefined && !existsSync(path);
  return withModelFolder(model, isOnHub ? written : path);
}
