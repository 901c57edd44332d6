import type { Runtime } from '../runtime/runtime';
import type { ModelFolder } from '../weights/modelFolder';
import { blockLinears, EMBEDDING, HEAD, parameterCount, type DecoderConfig } from './decoderConfig';
import { headOfArrays, quantiseHead } from './head/quantiseHead';
import { loadBlocks } from './loadBlocks';
import type { LoadedModel, LoadOptions } from './loadedModel';
import { Quantiser, type QuantisedTable } from './quantiser';
import { StoredTable } from './storedTable';

/** Embedding, head and blocks of a model whose base is quantised. */
export async function loadQuantised(
  folder: ModelFolder,
  config: DecoderConfig,
  runtime: Runtime,
  options: LoadOptions,
): Promise<Pick<LoadedModel, 'embedding' | 'head' | 'quantisedHead' | 'blocks'>> {
  const { offload } = options;
  const { hiddenSize, tied } = config;
  const largest = Math.max(...blockLinears(config).map(({ dIn, dOut }) => dIn * dOut));
  const quantiser = new Quantiser(parameterCount(config), largest);
  try {
    if (offload !== undefined) {
      const blocks = await loadBlocks(folder, config, runtime, options, quantiser);
      const embedding = new StoredTable(offload.tables, EMBEDDING);
      const head = tied ? embedding : new StoredTable(offload.tables, HEAD);
      const arrays = await quantiseHead((start, end) => head.range(start, end, hiddenSize), config);
      return { embedding, head, quantisedHead: headOfArrays(arrays, runtime), blocks };
    }
    const reading = headTable(folder, config, quantiser);
    reading.catch(() => undefined); // awaited below, unless a block cannot be read
    const blocks = await loadBlocks(folder, config, runtime, options, quantiser);
    const { values, head } = await reading;
    return {
      embedding: tied ? values : await folder.readFloat32(EMBEDDING),
      head: runtime.constant(values, [config.vocabularySize, hiddenSize]),
      quantisedHead: headOfArrays(head, runtime),
      blocks,
    };
  } finally {
    quantiser.close();
  }
}

/** The head's matrix in float32 and in bytes. */
async function headTable(folder: ModelFolder, config: DecoderConfig, quantiser: Quantiser): Promise<QuantisedTable> {
  const { hiddenSize, vocabularySize, tied } = config;
  const name = tied ? EMBEDDING : HEAD;
  const table = folder.place?.(name);
  if (table !== undefined) return quantiser.table({ table, hiddenSize, vocabularySize });
  const values = await folder.readFloat32(name);
  const rowsOf = (start: number, end: number): Float32Array => values.subarray(start * hiddenSize, end * hiddenSize);
  return { values, head: await quantiseHead(rowsOf, config) };
}
