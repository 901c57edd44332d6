import type { HostTensor, Runtime } from '../runtime/runtime';
import type { ModelFolder } from '../weights/modelFolder';
import { BlocksInMemory, tensorName, type BlockTensors, type BlockWeights } from './blockWeights';
import { blockLinears, blockTensors, type DecoderConfig } from './decoderConfig';
import type { LoadOptions } from './loadedModel';
import { QuantisedBlocksOnDisk } from './quantisedBlocks';
import { quantisedTensors } from './quantisedTensors';
import type { Quantiser } from './quantiser';

/** Reads all blocks once: into memory, or in bytes into a file. Linear weights become bytes where there is a quantiser. */
export async function loadBlocks(
  folder: ModelFolder,
  config: DecoderConfig,
  runtime: Runtime,
  { onProgress, offload }: LoadOptions,
  quantiser?: Quantiser,
): Promise<BlockWeights> {
  const { layers } = config;
  const tensors = blockTensors(config);
  const linears = new Set(quantiser && blockLinears(config).map(({ path }) => `${path}.weight`));
  const held = Array.from({ length: layers }, () => new Map<string, HostTensor>());
  const offloaded = offload && new QuantisedBlocksOnDisk(offload, layers, runtime);
  const put = (layer: number, made: BlockTensors): Promise<void> | undefined => {
    if (offloaded !== undefined) return offloaded.put(layer, made);
    for (const [name, tensor] of made) held[layer]?.set(name, tensor);
    return undefined;
  };
  for (let layer = 0; layer < layers; layer++) {
    for (const { name, shape } of tensors) {
      const source = tensorName(layer, name);
      if (quantiser !== undefined && linears.has(name)) {
        const [dOut = 0, dIn = 0] = shape;
        const place = folder.place?.(source);
        const weight = place ? undefined : await folder.readFloat32(source, quantiser.memory(dOut * dIn));
        const given = place ? { place } : { weight: weight as Float32Array<ArrayBuffer> };
        await quantiser.take({ dOut, dIn, ...given }, (arrays) => put(layer, quantisedTensors(name, arrays, runtime)));
      } else await put(layer, new Map([[name, runtime.constant(await folder.readFloat32(source), shape)]]));
    }
    onProgress?.(layer + 1, layers);
  }
  await quantiser?.finish();
  return offloaded ?? new BlocksInMemory(held, runtime);
}
