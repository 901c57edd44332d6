import { resolve } from 'node:path';
import type { Configuration } from './schema';

/**
 * The configuration with every path absolute. Relative paths in a document are relative to the document's `folder`;
 * a run's config.json holds absolute ones, so that it means the same from anywhere.
 */
export function resolvePaths(configuration: Configuration, folder: string): Configuration {
  const { model, data, adapter } = configuration;
  return {
    ...configuration,
    model: typeof model === 'string' ? resolve(folder, model) : { config: resolve(folder, model.config) },
    data: {
      ...data,
      train:
        typeof data.train === 'string'
          ? resolve(folder, data.train)
          : data.train.map((source) => resolve(folder, source)),
      validation: typeof data.validation === 'string' ? resolve(folder, data.validation) : data.validation,
    },
    adapter: { ...adapter, initial: adapter.initial === null ? null : resolve(folder, adapter.initial) },
  };
}
