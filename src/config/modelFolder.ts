import { parseHubReference } from './hubReference';
import type { ModelReference } from './schema';

/** The folder or hub id that has config.json and tokenizer.json, whether or not its weights are used. */
export function modelFolderOf(model: ModelReference): string {
  return typeof model === 'string' ? model : model.config;
}

/** What an adapter names as its base: for a model of the hub its id, which means the same to whoever gets the adapter. */
export function baseModelOf(model: ModelReference): { baseModel: string; baseRevision: string | null } {
  const written = modelFolderOf(model);
  const { id = written, revision = null } = parseHubReference(written) ?? {};
  return { baseModel: id, baseRevision: revision };
}

/** Where the weights of a run are that starts from a config: in the run itself. Undefined for a model with weights. */
export function savedBase(model: ModelReference, runBase: string): string | undefined {
  return typeof model === 'string' ? undefined : runBase;
}

/** Another folder or hub id in the place of that of a model. */
export function withModelFolder(model: ModelReference, folder: string): ModelReference {
  return typeof model === 'string' ? folder : { config: folder };
}

/** What a model is called on the screen: "org/name", or the last part of its path. */
export function modelName(model: ModelReference): string {
  const folder = modelFolderOf(model);
  return parseHubReference(folder)?.id ?? folder.replace(/[\\/]+$/, '').replace(/^.*[\\/]/s, '');
}
