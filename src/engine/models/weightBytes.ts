import { sizeOf } from '../graph/value';
import { blockLinears, blockTensors, parameterCount, type DecoderConfig } from './decoderConfig';

const BYTES = 4; // float32

/** Bytes of a model's weights in memory; where the blocks are on disk, those of one are there. */
export function weightBytes(config: DecoderConfig, blocks: 'memory' | 'disk'): number {
  const all = BYTES * parameterCount(config);
  if (blocks === 'memory') return all;
  const block = BYTES * blockTensors(config).reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  return all - (config.layers - 1) * block;
}

/** Bytes of the linear weights of a quantised block, both directions, without scales. */
export function quantisedBlockBytes(config: DecoderConfig): number {
  return 2 * blockLinears(config).reduce((sum, { dIn, dOut }) => sum + dIn * dOut, 0);
}

/**
 * Bytes of a quantised base in memory: two for each weight of a linear layer and of the head, float32 for scales and norms;
 * the embedding stays in its file. With the blocks on disk the entries of one are there.
 */
export function quantisedBytes(config: DecoderConfig, blocks: 'memory' | 'disk'): number {
  const { vocabularySize, hiddenSize, layers, tied } = config;
  const block = quantisedBlockBytes(config);
  const scales = layers * blockLinears(config).reduce((sum, { dIn, dOut }) => sum + dIn + dOut, 0);
  const table = vocabularySize * hiddenSize;
  const floats = parameterCount(config) - (layers * block) / 2 - (tied ? 1 : 2) * table + scales;
  return BYTES * floats + (blocks === 'memory' ? layers : 1) * block + 2 * table;
}
