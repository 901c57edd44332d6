import { shortened } from '../../config/shortened';
import { UserError } from '../../config/userError';
import { readJsonObject } from './jsonFile';

/** The largest published models have some hundred shards. */
export const MAX_SHARDS = 10_000;

/**
 * Reads `model.safetensors.index.json`: the shard file of each tensor, by the tensor's name.
 * Shards must lie in the folder of the index; a name with a path in it is refused, so that an index from elsewhere
 * cannot make us open other files.
 */
export async function readShardIndex(file: string): Promise<ReadonlyMap<string, string>> {
  const { weight_map: map } = await readJsonObject(file);
  if (typeof map !== 'object' || map === null || Array.isArray(map)) {
    throw new UserError(`${file}: has no "weight_map" from tensor names to files; copy or download it again.`);
  }
  const shards = new Map<string, string>();
  for (const [tensor, shard] of Object.entries(map)) {
    if (typeof shard !== 'string' || !isPlainFileName(shard)) {
      throw new UserError(
        `${file}: tensor "${shortened(tensor)}" is said to be in ${shortened(JSON.stringify(shard))}, which is not the name of a .safetensors file beside the index; correct it.`,
      );
    }
    shards.set(tensor, shard);
  }
  const count = new Set(shards.values()).size;
  if (count > MAX_SHARDS) throw new UserError(`${file}: names ${count} files, more than the ${MAX_SHARDS} allowed.`);
  return shards;
}

/** No separator of any system, no drive, no control character, not hidden. */
function isPlainFileName(name: string): boolean {
  return /^[^/\\:.\p{Cc}][^/\\:\p{Cc}]*\.safetensors$/u.test(name);
}
