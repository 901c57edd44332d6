import { join } from 'node:path';
import { shortened } from '../../config/shortened';
import { UserError } from '../../config/userError';
import type { TensorEntry } from './header';
import { fileExists } from './jsonFile';
import { openSafetensors, type SafetensorsFile } from './safetensors';
import { readShardIndex } from './shardIndex';
import type { StoredPlace } from './storedPlace';
import { missingWeights, refuseQuantisedConfig, refuseQuantisedTensors } from './unusableWeights';

/**
 * The weights of a model under the names of its Hugging Face folder, whatever files hold them: {@link openModelFolder}
 * opens safetensors. Holds its files open until closed.
 */
export interface ModelFolder {
  /** What to call it in an error. */
  readonly folder: string;
  /** Every tensor by name. */
  readonly tensors: ReadonlyMap<string, TensorEntry>;
  has(name: string): boolean;
  /** Throws a UserError when there is no such tensor. */
  shape(name: string): readonly number[];
  /**
   * The values, row-major, as float32: in `into` where given, which must be as long. Throws a UserError when the tensor
   * is missing or not of a float dtype.
   */
  readFloat32(name: string, into?: Float32Array): Promise<Float32Array>;
  /** Where `readFloat32` finds the values of a float tensor. Undefined, or not there, where they are made when asked for. */
  place?(name: string): StoredPlace | undefined;
  /** The entry of a tensor that config.json calls for. Throws a UserError when it is missing or of another shape. */
  requireTensor(name: string, shape: readonly number[]): TensorEntry;
  close(): Promise<void>;
}

/** The same folder, whose tensors are read otherwise. */
export function readBy(weights: ModelFolder, readFloat32: ModelFolder['readFloat32']): ModelFolder {
  return {
    folder: weights.folder,
    tensors: weights.tensors,
    has: (name) => weights.has(name),
    shape: (name) => weights.shape(name),
    requireTensor: (name, shape) => weights.requireTensor(name, shape),
    readFloat32,
    close: () => weights.close(),
  };
}

/** In one safetensors file or in shards. */
class SafetensorsFolder implements ModelFolder {
  readonly tensors: ReadonlyMap<string, TensorEntry>;

  /** `files`: each tensor with the open file it is in. */
  constructor(
    readonly folder: string,
    private readonly files: ReadonlyMap<string, SafetensorsFile>,
  ) {
    this.tensors = new Map([...files].map(([name, file]) => [name, file.entry(name)]));
  }

  has(name: string): boolean {
    return this.files.has(name);
  }

  shape(name: string): readonly number[] {
    return this.fileOf(name).entry(name).shape;
  }

  readFloat32(name: string, into?: Float32Array): Promise<Float32Array> {
    return this.fileOf(name).readFloat32(name, into);
  }

  place(name: string): StoredPlace | undefined {
    return this.fileOf(name).place(name);
  }

  requireTensor(name: string, shape: readonly number[]): TensorEntry {
    const file = this.fileOf(name);
    const entry = file.entry(name);
    if (entry.shape.length !== shape.length || entry.shape.some((size, axis) => size !== shape[axis])) {
      throw new UserError(
        `${file.file}: tensor "${shortened(name)}" has shape [${entry.shape.join(', ')}], expected [${shape.join(', ')}] by config.json; ` +
          'take config.json and weights from the same model.',
      );
    }
    return entry;
  }

  async close(): Promise<void> {
    for (const file of new Set(this.files.values())) await file.close();
  }

  private fileOf(name: string): SafetensorsFile {
    const file = this.files.get(name);
    if (file === undefined) {
      throw new UserError(
        `${this.folder}: the weights have no tensor "${shortened(name)}", which config.json calls for; take both from the same model.`,
      );
    }
    return file;
  }
}

/**
 * Opens the weights of a Hugging Face model folder: `model.safetensors`, or the shards of
 * `model.safetensors.index.json`. Throws a UserError when there are none, when they are pickled or quantised, or when
 * a file is malformed. With `quantised: 'allow'` quantised weights can be listed, though not trained on.
 */
export async function openModelFolder(
  folder: string,
  { quantised = 'refuse' }: { readonly quantised?: 'refuse' | 'allow' } = {},
): Promise<ModelFolder> {
  if (quantised === 'refuse') await refuseQuantisedConfig(folder);
  const single = join(folder, 'model.safetensors');
  const index = join(folder, 'model.safetensors.index.json');
  const opened: SafetensorsFile[] = [];
  const open = async (file: string): Promise<SafetensorsFile> => {
    const shard = await openSafetensors(file);
    opened.push(shard);
    if (quantised === 'refuse') refuseQuantisedTensors(file, shard.tensors.keys());
    return shard;
  };
  try {
    if (await fileExists(single)) {
      const file = await open(single);
      return new SafetensorsFolder(folder, new Map([...file.tensors.keys()].map((name) => [name, file])));
    }
    if (await fileExists(index)) return new SafetensorsFolder(folder, await openShards(folder, index, open));
    throw await missingWeights(folder);
  } catch (error) {
    for (const file of opened) await file.close();
    throw error;
  }
}

async function openShards(
  folder: string,
  index: string,
  open: (file: string) => Promise<SafetensorsFile>,
): Promise<ReadonlyMap<string, SafetensorsFile>> {
  const shardOf = await readShardIndex(index);
  const shards = new Map<string, SafetensorsFile>();
  for (const shard of new Set(shardOf.values())) shards.set(shard, await open(join(folder, shard)));
  const files = new Map<string, SafetensorsFile>();
  for (const [name, shard] of shardOf) {
    const file = shards.get(shard);
    if (file?.tensors.has(name) !== true) {
      throw new UserError(
        `${index}: places tensor "${shortened(name)}" in ${shortened(shard)}, which lacks it; download both again.`,
      );
    }
    files.set(name, file);
  }
  return files;
}
