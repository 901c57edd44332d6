import { freemem } from 'node:os';
import { sizeOf } from '../graph/value';
import { blockPrograms, type BlockStructures } from '../models/blockPrograms';
import { parameterCount, type DecoderConfig } from '../models/decoderConfig';
import type { BatchLayout } from './microBatches';

const BYTES = 4; // float32
const GIB = 2 ** 30;
/** Share of the free memory that activations may take when the configuration sets no bound. */
const DEFAULT_SHARE = 0.5;

/** Bytes of activations of the largest micro-batch. */
export interface ActivationMemory {
  /** Hidden states between blocks; always held. */
  readonly stream: number;
  /** What one block keeps for its backward pass. */
  readonly perBlock: number;
}

/** Exact, from the programs themselves. */
export function activationMemory(
  config: DecoderConfig,
  { rowLength, maxRows }: BatchLayout,
  structures: BlockStructures,
): ActivationMemory {
  const shape = { rows: maxRows, length: rowLength };
  const [kind] = config.layerKinds;
  if (kind === undefined) throw new Error('a decoder without layers');
  const { kept } = blockPrograms(config, shape, structures, { keep: 'products', inputGradient: true, kind });
  const perBlock = [...kept.values()].reduce((sum, value) => sum + BYTES * sizeOf(value.shape), 0);
  return { stream: BYTES * (config.layers + 1) * maxRows * rowLength * config.hiddenSize, perBlock };
}

/** How many blocks can keep their products within `memory` GiB (null: half of what is free). */
export function keptBlocks(config: DecoderConfig, activations: ActivationMemory, memory: number | null): number {
  const budget = memory === null ? DEFAULT_SHARE * freemem() : memory * GIB;
  const fitting = Math.floor((budget - activations.stream) / Math.max(1, activations.perBlock));
  return Math.max(0, Math.min(config.layers, fitting));
}

/** Bytes of the frozen weights. */
export function weightBytes(config: DecoderConfig): number {
  return BYTES * parameterCount(config);
}

/** Bytes of trained values with their gradient, and of the optimizer's two means. */
export function trainableBytes(parameters: number): { readonly adapter: number; readonly optimizer: number } {
  return { adapter: 2 * BYTES * parameters, optimizer: 2 * BYTES * parameters };
}
