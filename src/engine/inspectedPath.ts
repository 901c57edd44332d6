import { stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { UserError } from '../config/userError';
import { listCheckpoints } from '../run/checkpoints';
import { runPaths } from '../run/runDirectory';
import { ADAPTER_CONFIG } from './checkpoint/adapterConfig';
import { ADAPTER_WEIGHTS } from './checkpoint/adapterTensors';
import { unreadable } from './weights/byteSource';
import { fileExists } from './weights/jsonFile';
import { missingWeights } from './weights/unusableWeights';

/** What a path that someone wants to look into is. */
export type InspectedPath =
  /** An adapter folder; of a run its newest checkpoint. */
  | { readonly kind: 'adapter' | 'run'; readonly folder: string }
  | { readonly kind: 'model'; readonly folder: string }
  | { readonly kind: 'tensors'; readonly file: string };

const INDEX = 'model.safetensors.index.json';

/** Throws a UserError when the path is nothing that can be looked into. */
export async function recognise(path: string): Promise<InspectedPath> {
  const found = await stat(path).catch((error: unknown) => {
    throw unreadable(path, error);
  });
  return found.isDirectory() ? recogniseFolder(path) : recogniseFile(path);
}

async function recogniseFolder(folder: string): Promise<InspectedPath> {
  if (await fileExists(join(folder, ADAPTER_CONFIG))) return { kind: 'adapter', folder };
  const run = runPaths(folder);
  if ((await fileExists(run.status)) || (await fileExists(run.checkpoints))) {
    const newest = (await listCheckpoints(run.checkpoints)).at(-1);
    if (newest === undefined) throw new UserError(`${folder}: the run has no checkpoint yet; save one or wait for it.`);
    return { kind: 'run', folder: newest.folder };
  }
  if ((await fileExists(join(folder, 'model.safetensors'))) || (await fileExists(join(folder, INDEX)))) {
    return { kind: 'model', folder };
  }
  throw await missingWeights(folder);
}

async function recogniseFile(file: string): Promise<InspectedPath> {
  const folder = dirname(file);
  const name = basename(file);
  if (name === ADAPTER_CONFIG) return { kind: 'adapter', folder };
  if (name === INDEX) return { kind: 'model', folder };
  if (!name.endsWith('.safetensors')) {
    throw new UserError(`${file}: is no .safetensors file; give one, or the folder of an adapter, a model or a run.`);
  }
  const adapter = name === ADAPTER_WEIGHTS && (await fileExists(join(folder, ADAPTER_CONFIG)));
  return adapter ? { kind: 'adapter', folder } : { kind: 'tensors', file };
}
