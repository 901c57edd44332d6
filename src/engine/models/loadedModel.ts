import type { BaseFormat } from '../adapters/frozenWeight';
import { sizeOf } from '../graph/value';
import type { HostTensor, Runtime } from '../runtime/runtime';
import { BlocksInMemory, BlocksOnDisk, tensorName, type BlockWeights } from './blockWeights';
import type { ModelFolder } from '../weights/modelFolder';
import { blockLinears, blockTensors, type BlockTensor, type DecoderConfig } from './decoderConfig';
import type { QuantisedHead } from './head/quantisedHead';
import { quantiseHead } from './head/quantiseHead';
import { quantisedTensors } from './quantisedTensors';
import { Quantiser } from './quantiser';

/** The frozen weights of a decoder, where the runtime can use them. */
export interface LoadedModel {
  readonly config: DecoderConfig;
  /** Format of the blocks' linear weights. */
  readonly base: BaseFormat;
  /** [V, D] */
  readonly embedding: Float32Array;
  /** Final norm [D]. */
  readonly norm: HostTensor;
  /** [V, D]; the embedding itself when tied. */
  readonly head: HostTensor;
  /** The head in bytes, where the base is quantised. */
  readonly quantisedHead?: QuantisedHead;
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
  /** Format of the blocks' linear weights; float32 unless given. */
  readonly base?: BaseFormat;
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
    base: options.base ?? 'float32',
    embedding,
    norm: runtime.constant(await folder.readFloat32('model.norm.weight'), [config.hiddenSize]),
    head: runtime.constant(head, table),
    ...(options.base === 'int8' && { quantisedHead: quantiseHead(head, config, runtime) }),
    blocks,
    context,
  };
}

async function blocksInMemory(
  folder: ModelFolder,
  config: DecoderConfig,
  tensors: readonly BlockTensor[],
  runtime: Runtime,
  { onProgress, base }: LoadOptions,
): Promise<BlocksInMemory> {
  const { layers } = config;
  const linears = new Set(base === 'int8' ? blockLinears(config).map(({ path }) => `${path}.weight`) : []);
  const sizes = tensors.filter(({ name }) => linears.has(name)).map(({ shape }) => sizeOf(shape));
  const quantiser = new Quantiser(layers * sizes.reduce((sum, size) => sum + size, 0), Math.max(...sizes, 0));
  try {
    const blocks: Map<string, HostTensor>[] = [];
    for (let layer = 0; layer < layers; layer++) {
      const block = new Map<string, HostTensor>();
      for (const { name, shape } of tensors) {
        const source = tensorName(layer, name);
        if (linears.has(name)) {
          const [dOut = 0, dIn = 0] = shape;
          const weight = quantiser.memory(dOut * dIn);
          await folder.readFloat32(source, weight);
          await quantiser.take({ weight, dOut, dIn }, (arrays) => {
            for (const [key, tensor] of quantisedTensors(name, arrays, runtime)) block.set(key, tensor);
          });
        } else block.set(name, runtime.constant(await folder.readFloat32(source), shape));
      }
      blocks.push(block);
      onProgress?.(layer + 1, layers);
    }
    await quantiser.finish();
    return new BlocksInMemory(blocks, runtime);
  } finally {
    await quantiser.close();
  }
}
