import { UserError } from '../../config/userError';
import { MAX_JSON_BYTES } from '../weights/jsonFile';
import type { HubFile } from './listing';

/** What of a model is wanted: all that is read to train it, or all but its weights. */
export type ModelPart = 'everything' | 'configuration';

export const CONFIG = 'config.json';
export const TOKENIZER = 'tokenizer.json';
export const WEIGHTS = 'model.safetensors';
export const WEIGHTS_INDEX = 'model.safetensors.index.json';

/** Files without which we could not tell what the model is, or would guess. That one is missing is noted in the cache. */
export const KNOWN_FILES = [
  CONFIG,
  TOKENIZER,
  'generation_config.json',
  'tokenizer_config.json',
  'special_tokens_map.json',
  'chat_template.jinja',
] as const;

/**
 * Everything beside the weights that describes a model or its tokens, by name in the root of the repository: no
 * programs, no pickles, nothing with a separator. `tokenizer.model` goes along for those who convert the result.
 */
const DESCRIPTION =
  /^(?:(?:config|generation_config|special_tokens_map|added_tokens)\.json|tokenizer[\w-]*\.(?:json|model)|chat_template[\w-]*\.(?:jinja|json))$/;

/** The files to download first. Throws a UserError for a repository that is no model, or none with safetensors. */
export function describingFiles(files: ReadonlyMap<string, HubFile>, part: ModelPart, id: string): HubFile[] {
  if (!files.has(CONFIG))
    throw new UserError(`${id}: has no config.json, so it is no model that can be loaded; choose another.`);
  if (part === 'everything' && !files.has(WEIGHTS) && !files.has(WEIGHTS_INDEX)) throw noSafetensors(files, id);
  const chosen = [...files.values()].filter(({ name }) => DESCRIPTION.test(name));
  const index = files.get(WEIGHTS_INDEX);
  if (part === 'everything' && !files.has(WEIGHTS) && index !== undefined) chosen.push(index);
  const large = chosen.find(({ size }) => size > MAX_JSON_BYTES);
  if (large !== undefined) {
    throw new UserError(
      `${id}: its ${large.name} has ${large.size} bytes, more than any such file needs; choose another model.`,
    );
  }
  return chosen;
}

/** The weights: one file where there is one, as openModelFolder takes it, else the shards that the index names. */
export function weightFiles(files: ReadonlyMap<string, HubFile>, shards: Iterable<string>, id: string): HubFile[] {
  const single = files.get(WEIGHTS);
  if (single !== undefined) return [single];
  return [...new Set(shards)].map((shard) => {
    const file = files.get(shard);
    if (file === undefined)
      throw new UserError(`${id}: its index names ${shard}, which the model lacks; choose another.`);
    return file;
  });
}

function noSafetensors(files: ReadonlyMap<string, HubFile>, id: string): UserError {
  const names = [...files.keys()];
  if (names.includes('adapter_config.json')) {
    return new UserError(`${id}: is an adapter, not a model; give the id of its base model.`);
  }
  if (names.some((name) => /\.(bin|pth?|ckpt)$/.test(name))) {
    return new UserError(
      `${id}: has only pickled PyTorch weights, which can run any code when opened; choose a model with model.safetensors, or a revision that has it.`,
    );
  }
  const other = names.some((name) => name.endsWith('.gguf')) ? 'has GGUF weights' : 'has no model.safetensors';
  return new UserError(`${id}: ${other}; give the id of the original model, which has model.safetensors.`);
}
