import type { FileHandle } from 'node:fs/promises';
import type { BaseFormat } from '../adapters/frozenWeight';
import type { HostTensor, Runtime } from '../runtime/runtime';
import { BlocksOnDisk, tensorName, type BlockWeights } from './blockWeights';
import type { ModelFolder } from '../weights/modelFolder';
import { blockTensors, EMBEDDING, FINAL_NORM, HEAD, type DecoderConfig } from './decoderConfig';
import type { QuantisedHead } from './head/quantisedHead';
import { loadBlocks } from './loadBlocks';
import { loadQuantised } from './loadQuantised';
import { StoredTable } from './storedTable';

/** The frozen weights of a decoder, where the runtime can use them. */
export interface LoadedModel {
  readonly config: DecoderConfig;
  /** Format of the blocks' linear weights. */
  readonly base: BaseFormat;
  /** [V, D]; of an int8 base it stays in its file. */
  readonly embedding: Float32Array | StoredTable;
  /** Final norm [D]. */
  readonly norm: HostTensor;
  /** [V, D]; the embedding itself when tied. Of an int8 base it stays in its file, and the head in bytes stands for it. */
  readonly head: HostTensor | StoredTable;
  /** The head in bytes, where the base is quantised. */
  readonly quantisedHead?: QuantisedHead;
  readonly blocks: BlockWeights;
  /** Longest sequence that may be run. */
  readonly context: number;
}

/** What it takes to run a model: blocks that may be read, however they are made. */
export type RunnableModel = Omit<LoadedModel, 'blocks'> & {
  readonly blocks: Pick<BlockWeights, 'get'> & Partial<Pick<BlockWeights, 'inMemory'>>;
};

export interface LoadOptions {
  /** Longest sequence needed; cut to what the model was made for. */
  readonly context: number;
  /**
   * Whether the blocks' weights are read now, or block by block as they are needed: the folder must then stay open for
   * as long as the model is used. In memory unless given. Those of an int8 base are where `offload` says.
   */
  readonly blocks?: 'memory' | 'disk';
  /**
   * Format of the blocks' linear weights; float32 unless given. With int8 embedding and head stay where they are: the
   * folder must be one of files, and stay open for as long as the model is used.
   */
  readonly base?: BaseFormat;
  /** An empty file that the blocks of an int8 base go into. It must stay open for as long as the model is used. */
  readonly offload?: FileHandle;
  /** Called after each block with how many are there. */
  readonly onProgress?: (loaded: number, total: number) => void;
}

/**
 * Reads the weights, and quantises those of the linear layers and the head where asked. Throws UserError for a missing
 * tensor or a wrong shape, before anything is read.
 */
export async function loadModel(
  folder: ModelFolder,
  config: DecoderConfig,
  runtime: Runtime,
  options: LoadOptions,
): Promise<LoadedModel> {
  const table = [config.vocabularySize, config.hiddenSize];
  const tensors = blockTensors(config);
  folder.requireTensor(EMBEDDING, table);
  folder.requireTensor(FINAL_NORM, [config.hiddenSize]);
  if (!config.tied) folder.requireTensor(HEAD, table);
  for (let layer = 0; layer < config.layers; layer++) {
    for (const { name, shape } of tensors) folder.requireTensor(tensorName(layer, name), shape);
  }

  const { base = 'float32' } = options;
  const common = { config, base, context: Math.min(options.context, config.maxPositions) };
  const norm = runtime.constant(await folder.readFloat32(FINAL_NORM), [config.hiddenSize]);
  if (base === 'int8') return { ...common, norm, ...(await loadQuantised(folder, config, runtime, options)) };
  const blocks =
    options.blocks === 'disk'
      ? new BlocksOnDisk(folder, tensors, runtime)
      : await loadBlocks(folder, config, runtime, options);
  const embedding = await folder.readFloat32(EMBEDDING);
  const head = config.tied ? embedding : await folder.readFloat32(HEAD);
  return { ...common, norm, embedding, head: runtime.constant(head, table), blocks };
}

/** The float32 head [V, D] of a model that holds it. */
export function headInMemory({ head }: Pick<LoadedModel, 'head'>): HostTensor {
  if (head instanceof StoredTable) throw new Error('the head is held in bytes alone');
  return head;
}
