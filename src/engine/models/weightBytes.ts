import { sizeOf } from '../graph/value';
import { blockTensors, parameterCount, type DecoderConfig } from './decoderConfig';

const BYTES = 4; // float32

/** Bytes of a model's weights in memory; where the blocks are on disk, those of one are there. */
export function weightBytes(config: DecoderConfig, blocks: 'memory' | 'disk'): number {
  const all = BYTES * parameterCount(config);
  if (blocks === 'memory') return all;
  const block = BYTES * blockTensors(config).reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  return all - (config.layers - 1) * block;
}
