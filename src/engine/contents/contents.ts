import { basename, dirname, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { UserError } from '../../config/userError';
import { ADAPTER_CONFIG, readAdapterConfig } from '../checkpoint/adapterConfig';
import { ADAPTER_WEIGHTS } from '../checkpoint/adapterTensors';
import { describeAdapter } from '../describeAdapter';
import type { Contents, ContentsFile, ContentsParams, ListedTensor } from '../rpc/contents';
import { fileExists } from '../weights/jsonFile';
import type { TensorEntry } from '../weights/header';
import { adaptedModules, methodByShape, roleOf } from './adapterParts';
import { boundedMetadata } from './boundedMetadata';
import { headerBytes, headerOf } from './headers';
import { listShards, type ListedShards } from './shards';
import { elementsOf } from './valueReader';

/** The largest published models have some 90,000 tensors. */
const MAX_LISTED = 200_000;

/** Names come from the file: what is sent and searched stays bounded, whatever they are. */
const MAX_NAME_CHARACTERS = 40_000_000;

const INDEX_ENDING = '.safetensors.index.json';

/**
 * Lists a .safetensors file, the shards of an index, or the weights beside an adapter_config.json. Reads headers only, so
 * that size does not matter. Throws a UserError when the path is none of these, or nothing of it can be read; of shards
 * that cannot be read the listing says why.
 */
export async function contents(params: ContentsParams, signal?: AbortSignal): Promise<Contents> {
  const began = performance.now();
  const found = await list(params, signal);
  return { ...found, seconds: (performance.now() - began) / 1000 };
}

type Listing = Omit<Contents, 'seconds'>;

async function list({ path }: ContentsParams, signal?: AbortSignal): Promise<Listing> {
  const name = basename(path);
  if (name.endsWith(INDEX_ENDING)) return ofShards(path, await listShards(path, signal));
  if (name === ADAPTER_CONFIG) return ofFile(path, await adapterWeights(dirname(path)), true);
  if (!name.endsWith('.safetensors')) {
    throw new UserError(
      `${path}: is no .safetensors file, no index of shards and no adapter_config.json; open one of these.`,
    );
  }
  const isAdapter = name === ADAPTER_WEIGHTS && (await fileExists(join(dirname(path), ADAPTER_CONFIG)));
  return ofFile(path, path, isAdapter);
}

async function adapterWeights(folder: string): Promise<string> {
  const file = join(folder, ADAPTER_WEIGHTS);
  if (await fileExists(file)) return file;
  if (await fileExists(join(folder, 'adapter_model.bin'))) {
    throw new UserError(
      `${folder}: has only pickled weights (adapter_model.bin), which can run any code when opened; save the adapter again with safe_serialization=True.`,
    );
  }
  throw new UserError(`${file}: is missing beside adapter_config.json; copy or download it again.`);
}

async function ofFile(path: string, file: string, isAdapter: boolean): Promise<Listing> {
  const { header, size, stamp } = await headerOf(file);
  const warnings: string[] = [];
  const config = isAdapter ? await readAdapterConfig(dirname(file)).catch(warning(warnings)) : undefined;
  const description = config && describeAdapter(config);
  const list = listed([...header.tensors.entries()].map(([name, entry]) => [name, entry, 0] as const));
  const method = description?.method ?? methodByShape(header.tensors);
  const tensors = list.tensors.map((tensor) => {
    const role = roleOf(tensor.name, method);
    return role === undefined ? tensor : { ...tensor, role };
  });
  return {
    path,
    kind: isAdapter ? 'adapter' : 'file',
    files: [
      {
        name: basename(file),
        path: file,
        bytes: size,
        headerBytes: headerBytes({ size, header }),
        tensors: header.tensors.size,
        stamp,
      },
    ],
    ...list,
    tensors,
    metadata: boundedMetadata(header.metadata),
    ...(description !== undefined && { adapter: description }),
    modules: method === undefined ? [] : adaptedModules(header.tensors, method),
    warnings,
  };
}

function ofShards(path: string, { files, entries, metadata, warnings }: ListedShards): Listing {
  if (files.every(({ problem }) => problem !== undefined)) {
    const first: ContentsFile | undefined = files[0];
    throw new UserError(first?.problem ?? `${path}: names no shard; copy or download it again.`);
  }
  return {
    path,
    kind: 'shards',
    files,
    ...listed(entries),
    metadata: boundedMetadata(Object.entries(metadata)),
    modules: [],
    warnings,
  };
}

function listed(
  entries: readonly (readonly [name: string, entry: TensorEntry, file: number])[],
): Pick<Contents, 'tensors' | 'unlisted' | 'totals'> {
  const tensors: ListedTensor[] = [];
  let parameters = 0;
  let bytes = 0;
  let characters = 0;
  for (const [name, entry, file] of entries) {
    const { dtype, shape, start, end } = entry;
    const count = elementsOf(entry);
    parameters += count;
    bytes += end - start;
    characters += name.length;
    if (tensors.length < MAX_LISTED && characters <= MAX_NAME_CHARACTERS) {
      tensors.push({ name, dtype, shape, parameters: count, bytes: end - start, file });
    }
  }
  return {
    tensors,
    unlisted: entries.length - tensors.length,
    totals: { tensors: entries.length, parameters, bytes },
  };
}

/** Notes what the user can mend and goes on without. */
function warning(warnings: string[]): (error: unknown) => undefined {
  return (error) => {
    if (!(error instanceof UserError)) throw error;
    warnings.push(error.message);
    return undefined;
  };
}
