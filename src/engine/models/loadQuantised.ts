import type { Runtime } from '../runtime/runtime';
import type { ModelFolder } from '../weights/modelFolder';
import { blockLinears, EMBEDDING, HEAD, parameterCount, type DecoderConfig } from './decoderConfig';
import { headOfArrays } from './head/quantiseHead';
import { loadBlocks } from './loadBlocks';
import type { LoadedModel, LoadOptions } from './loadedModel';
import { Quantiser } from './quantiser';
import { placeOf, StoredTable } from './storedTable';

/**
 * Embedding, head and blocks of a model whose base is quantised. In float32 neither embedding nor head is ever in memory:
 * a step takes the rows of its tokens, which the system's cache has, and the head in bytes.
 */
export async function loadQuantised(
  folder: ModelFolder,
  config: DecoderConfig,
  runtime: Runtime,
  options: LoadOptions,
): Promise<Pick<LoadedModel, 'embedding' | 'head' | 'quantisedHead' | 'blocks'>> {
  const { hiddenSize, vocabularySize, tied } = config;
  const embedding = new StoredTable(placeOf(folder, EMBEDDING), hiddenSize);
  const table = placeOf(folder, tied ? EMBEDDING : HEAD);
  const head = tied ? embedding : new StoredTable(table, hiddenSize);
  const largest = Math.max(...blockLinears(config).map(({ dIn, dOut }) => dIn * dOut));
  const quantiser = new Quantiser(parameterCount(config), largest, runtime.sharesMemory);
  try {
    const quantising = quantiser.table({ table, hiddenSize, vocabularySize });
    quantising.catch(() => undefined); // awaited below, unless a block cannot be read
    const blocks = await loadBlocks(folder, config, runtime, options, quantiser);
    return { embedding, head, quantisedHead: headOfArrays(await quantising, runtime), blocks };
  } finally {
    quantiser.close();
  }
}
