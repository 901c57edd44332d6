import { join } from 'node:path';
import { fileExists, readJsonObject } from './jsonFile';
import { readShardIndex } from './shardIndex';

export const SINGLE_WEIGHTS = 'model.safetensors';
export const WEIGHTS_INDEX = 'model.safetensors.index.json';

/** How the weights of a model folder are spread over files. */
export interface WeightFiles {
  /** Names of the safetensors files, in the order of the index. */
  readonly names: readonly string[];
  /** Of shards; undefined for a single file. */
  readonly index: ShardIndex | undefined;
}

export interface ShardIndex {
  /** Tensor name → file name. */
  readonly shardOf: ReadonlyMap<string, string>;
  /** What else the index says of the model. */
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** The files that `openModelFolder` reads: the single file when there is one, else the shards of the index. */
export async function weightFiles(folder: string): Promise<WeightFiles> {
  if (await fileExists(join(folder, SINGLE_WEIGHTS))) return { names: [SINGLE_WEIGHTS], index: undefined };
  const file = join(folder, WEIGHTS_INDEX);
  const shardOf = await readShardIndex(file);
  const { metadata } = await readJsonObject(file);
  return {
    names: [...new Set(shardOf.values())],
    index: { shardOf, metadata: typeof metadata === 'object' && metadata !== null ? { ...metadata } : {} },
  };
}
