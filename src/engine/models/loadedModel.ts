import type { Runtime, RuntimeTensor } from '../runtime/runtime';
import { BlocksInMemory, BlocksOnDisk, tensorName, type BlockWeights } from './blockWeights';
import type { ModelFolder } from '../weights/modelFolder';
import { blockTensors, type BlockTensor, type DecoderConfig } from './decoderConfig';

/** The frozen weights of a decoder, where the runtime can use them. */
export interface LoadedModel {
  readonly config: DecoderConfig;
  /** [V, D] */
  readonly embedding: Float32Array;
  /** Final norm [D]. */
  readonly norm: RuntimeTensor;
  /** [V, D]; the embedding itself when tied. */
  readonly head: RuntimeTensor;
  readonly blocks: BlockWeights;
  /** Longest sequence that may be run. */
  readonly context: number;
}

/** What it takes to run a model: blocks that may be read, however they are made. */
export type RunnableModel = Omit<LoadedModel, 'blocks'> & { readonly blocks: Pick<BlockWeights, 'get'> };

export interface LoadOptions {
  /** Longest sequence needed; cut to what the model was made for. */
  readonly context: number;
  /**
   * Whether the blocks' weights are read now, or block by block as they are needed: the folder must then stay open for
   * as long as the model is used. In memory unless given.
   */
  readonly blocks?: 'memory' | 'disk';
  /** Called after each block with how many are there. */
  readonly onProgress?: (loaded: number, total: number) => void;
}

/** Reads the weights as float32. Throws UserError for a missing tensor or a wrong shape, before anything is read. */
export async function loadModel(
  folder: ModelFolder,
  config: DecoderConfig,
  runtime: Runtime,
  options: LoadOptions,
): Promise<LoadedModel> {
  const table = [config.vocabularySize, config.hiddenSize];
  const tensors = blockTensors(config);
  folder.requireTensor('model.embed_tokens.weight', table);
  folder.requireTensor('model.norm.weight', [config.hiddenSize]);
  if (!config.tied) folder.requireTensor('lm_head.weight', table);
  for (let layer = 0; layer < config.layers; layer++) {
    for (const { name, shape } of tensors) folder.requireTensor(tensorName(layer, name), shape);
  }

  const embedding = await folder.readFloat32('model.embed_tokens.weight');
  const head = config.tied ? embedding : await folder.readFloat32('lm_head.weight');
  const blocks =
    options.blocks === 'disk'
      ? new BlocksOnDisk(folder, tensors, runtime)
      : await blocksInMemory(folder, config, tensors, runtime, options);
  const context = Math.min(options.context, config.maxPositions);
  return {
    config,
    embedding,
    norm: runtime.tensor(await folder.readFloat32('model.norm.weight'), [config.hiddenSize]),
    head: runtime.tensor(head, table),
    blocks,
    context,
  };
}

async function blocksInMemory(
  folder: ModelFolder,
  { layers }: DecoderConfig,
  tensors: readonly BlockTensor[],
  runtime: Runtime,
  { onProgress }: LoadOptions,
): Promise<BlocksInMemory> {
  const blocks: Map<string, RuntimeTensor>[] = [];
  for (let layer = 0; layer < layers; layer++) {
    const block = new Map<string, RuntimeTensor>();
    for (const { name, shape } of tensors) {
      block.set(name, runtime.tensor(await folder.readFloat32(tensorName(layer, name)), shape));
    }
    blocks.push(block);
    onProgress?.(layer + 1, layers);
  }
  return new BlocksInMemory(blocks);
}
