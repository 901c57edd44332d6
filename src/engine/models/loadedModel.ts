import type { Runtime, RuntimeTensor } from '../runtime/runtime';
import type { ModelFolder } from '../weights/modelFolder';
import { blockTensors, type DecoderConfig } from './decoderConfig';

/** The frozen weights of a decoder, where the runtime can use them. */
export interface LoadedModel {
  readonly config: DecoderConfig;
  /** [V, D] */
  readonly embedding: Float32Array;
  /** Final norm [D]. */
  readonly norm: RuntimeTensor;
  /** [V, D]; the embedding itself when tied. */
  readonly head: RuntimeTensor;
  /** Frozen tensors of each block by their names after "model.layers.<n>.". */
  readonly blocks: readonly ReadonlyMap<string, RuntimeTensor>[];
  /** Longest sequence that may be run. */
  readonly context: number;
}

export interface LoadOptions {
  /** Longest sequence needed; cut to what the model was made for. */
  readonly context: number;
  /** Called after each block with how many are there. */
  readonly onProgress?: (loaded: number, total: number) => void;
}

/** Reads all weights as float32. Throws UserError for a missing tensor or a wrong shape, before anything is read. */
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
    for (const { name, shape } of tensors) folder.requireTensor(`model.layers.${layer}.${name}`, shape);
  }

  const embedding = await folder.readFloat32('model.embed_tokens.weight');
  const head = config.tied ? embedding : await folder.readFloat32('lm_head.weight');
  const blocks: Map<string, RuntimeTensor>[] = [];
  for (let layer = 0; layer < config.layers; layer++) {
    const block = new Map<string, RuntimeTensor>();
    for (const { name, shape } of tensors) {
      block.set(name, runtime.tensor(await folder.readFloat32(`model.layers.${layer}.${name}`), shape));
    }
    blocks.push(block);
    options.onProgress?.(layer + 1, config.layers);
  }
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
