import { AdapterSet, moduleAdapter } from '../adapters/adapterSet';
import { initialise } from '../adapters/initialise';
import type { AdapterStructure } from '../adapters/structure';
import { buildRows } from '../data/packing';
import { uniformNumbers } from '../data/random';
import { sizeOf } from '../graph/value';
import { BlocksInMemory } from '../models/blockWeights';
import { blockTensors, decoderLinears, type DecoderConfig } from '../models/decoderConfig';
import { DecoderPass } from '../models/decoderPass';
import type { Runtime } from '../runtime/runtime';
import type { BatchLayout } from './microBatches';

const REPEATS = 3;
/** Two, since the lowest adapted block of a model hands no gradient down. */
const BLOCKS = 2;

/**
 * Seconds a token that a block of the model takes forward and backward, adapters included: the shortest of a few runs
 * after a first one. Its weights are made up, so none are read.
 */
export async function blockSeconds(
  runtime: Runtime,
  decoder: DecoderConfig,
  structures: ReadonlyMap<string, AdapterStructure>,
  { rowLength, maxRows }: BatchLayout,
): Promise<number> {
  const kind = decoder.layerKinds[0];
  if (kind === undefined) throw new RangeError('a model without blocks');
  const config = { ...decoder, layers: BLOCKS, layerKinds: Array.from({ length: BLOCKS }, () => kind) };
  const values = (size: number): Float32Array => Float32Array.from({ length: size }, (_, i) => ((i % 17) - 8) / 100);
  const block = new Map(
    blockTensors(config).map(({ name, shape }) => [name, runtime.constant(values(sizeOf(shape)), shape)]),
  );
  const model = {
    config,
    base: 'float32' as const,
    // Every token is the first of the vocabulary.
    embedding: values(config.hiddenSize),
    blocks: new BlocksInMemory(
      Array.from({ length: BLOCKS }, () => block),
      runtime,
    ),
  };
  const random = uniformNumbers(0, 'adapter');
  const modules = decoderLinears(config).flatMap((linear) => {
    const structure = structures.get(linear.module);
    return structure === undefined ? [] : [moduleAdapter(linear, structure, initialise(structure, random), runtime)];
  });
  const tokens = new Int32Array(rowLength);
  const rows = Array.from({ length: maxRows }, (_, index) => [index]);
  const examples = rows.map(() => ({ tokens, labels: tokens }));
  const batch = buildRows(rows, examples, rowLength);
  const pass = new DecoderPass(runtime, model, new AdapterSet(modules));
  try {
    let shortest = Infinity;
    for (let run = 0; run <= REPEATS; run++) {
      const began = performance.now();
      await pass.forward(batch, true);
      await pass.backward(pass.hiddenGradient());
      if (run > 0) shortest = Math.min(shortest, (performance.now() - began) / 1000);
    }
    return shortest / (BLOCKS * batch.tokenCount);
  } finally {
    await pass.dispose();
  }
}
