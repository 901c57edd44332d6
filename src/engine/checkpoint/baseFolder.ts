import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { cachedModelFolder } from '../hub/resolveModel';
import type { ModelPart } from '../hub/neededFiles';
import { fileExists } from '../weights/jsonFile';
import type { AdapterConfig } from './adapterConfig';
import { hubBase } from './hubBase';

/**
 * The folder of an adapter's base model where it is at hand: as written in adapter_config.json, seen from the adapter, or
 * of a hub id in the cache, as far as `part` of it is there.
 */
export async function baseFolder(
  adapterFolder: string,
  config: AdapterConfig,
  part: ModelPart,
): Promise<string | undefined> {
  if (config.baseModel === null) return undefined;
  const path = resolve(adapterFolder, config.baseModel);
  if ((await fileExists(path)) && (await stat(path)).isDirectory()) return path;
  const base = hubBase(config);
  return base === undefined ? undefined : cachedModelFolder(base, part);
}
