import { sizeOf } from '../graph/value';
import type { HostTensor, Runtime } from '../runtime/runtime';
import type { ModelFolder } from '../weights/modelFolder';
import { BlocksInMemory, tensorName, type BlockTensors, type BlockWeights } from './blockWeights';
import { blockLinears, blockTensors, type DecoderConfig } from './decoderConfig';
import type { LoadOptions } from './loadedModel';
import { QuantisedBlocksOnDisk } from './quantisedBlocks';
import { quantisedTensors } from './quantisedTensors';
import { Quantiser } from './quantiser';

/** Reads all blocks once: into memory, or in bytes into a file. */
export async function loadBlocks(
  folder: ModelFolder,
  config: DecoderConfig,
  runtime: Runtime,
  { onProgress, base, offload }: LoadOptions,
): Promise<BlockWeights> {
  const { layers } = config;
  const tensors = blockTensors(config);
  const linears = new Set(base === 'int8' ? blockLinears(config).map(({ path }) => `${path}.weight`) : []);
  const sizes = tensors.filter(({ name }) => linears.has(name)).map(({ shape }) => sizeOf(shape));
  const quantiser = new Quantiser(layers * sizes.reduce((sum, size) => sum + size, 0), Math.max(...sizes, 0));
  const held = Array.from({ length: layers }, () => new Map<string, HostTensor>());
  const offloaded = offload && new QuantisedBlocksOnDisk(offload.file, layers, runtime);
  const put = (layer: number, made: BlockTensors): Promise<void> | undefined => {
    if (offloaded !== undefined) return offloaded.put(layer, made);
    for (const [name, tensor] of made) held[layer]?.set(name, tensor);
    return undefined;
  };
  try {
    for (let layer = 0; layer < layers; layer++) {
      for (const { name, shape } of tensors) {
        const source = tensorName(layer, name);
        if (linears.has(name)) {
          const [dOut = 0, dIn = 0] = shape;
          const weight = quantiser.memory(dOut * dIn);
          await folder.readFloat32(source, weight);
          await quantiser.take({ weight, dOut, dIn }, (arrays) => put(layer, quantisedTensors(name, arrays, runtime)));
        } else await put(layer, new Map([[name, runtime.constant(await folder.readFloat32(source), shape)]]));
      }
      onProgress?.(layer + 1, layers);
    }
    await quantiser.finish();
    return offloaded ?? new BlocksInMemory(held, runtime);
  } finally {
    await quantiser.close();
  }
}
