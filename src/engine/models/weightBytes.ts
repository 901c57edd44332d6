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

/** Bytes of a quantised base: two for each weight of a linear layer and of the head, float32 for all else. */
export function quantisedBytes(config: DecoderConfig): number {
  const { vocabularySize, hiddenSize, layers } = config;
  const linears = layers * blockLinears(config).reduce((sum, { dIn, dOut }) => sum + dIn * dOut, 0);
  const scales = layers * blockLinears(config).reduce((sum, { dIn, dOut }) => sum + dIn + dOut, 0);
  const head = vocabularySize * hiddenSize;
  return BYTES * (parameterCount(config) - linears + scales) + 2 * (linears + head);
}
