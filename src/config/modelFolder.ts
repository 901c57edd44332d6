import type { ModelReference } from './schema';

/** The folder (or hub id) that holds config.json and tokenizer.json, whether or not its weights are used. */
export function modelFolderOf(model: ModelReference): string {
  return typeof model === 'string' ? model : model.config;
}
