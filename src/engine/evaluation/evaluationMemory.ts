import { workingMemory } from '../graph/workingMemory';
import { blockPrograms } from '../models/blockPrograms';
import type { DecoderConfig } from '../models/decoderConfig';
import { headProgram } from '../models/head/headProgram';
import { largestChunk } from '../training/head/lossHead';
import { FRAGMENTATION, PROCESS_BYTES } from '../training/memoryCandidate';
import { batchLayout, type BatchLayout } from '../training/microBatches';

const BYTES = 4; // float32

/** Hidden states are in two buffers by turns. */
const STREAMS = 2;

/**
 * Bytes that an evaluation takes beside the weights: hidden states, and what the largest program of the forward pass
 * holds while it runs. The process itself counts.
 */
export function evaluationBytes(decoder: DecoderConfig, { rowLength, maxRows }: BatchLayout): number {
  const [kind] = decoder.layerKinds;
  if (kind === undefined) throw new Error('a decoder without layers');
  const shape = { rows: maxRows, length: rowLength };
  const options = { keep: 'nothing', inputGradient: false, kind, trainedNorms: false } as const;
  const { forward } = blockPrograms(decoder, shape, new Map(), options);
  const head = headProgram(decoder, largestChunk(decoder.vocabularySize, 'float32'), 'evaluation');
  const stream = STREAMS * BYTES * maxRows * rowLength * decoder.hiddenSize;
  return PROCESS_BYTES + stream + FRAGMENTATION * Math.max(workingMemory(forward), workingMemory(head));
}

/**
 * The layout with the most rows that fits `budget` bytes beside the weights, at most `rows` of them; one row where nothing
 * fits. The loss does not depend on it.
 */
export function evaluationLayout(
  decoder: DecoderConfig,
  { longest, context, rows }: { readonly longest: number; readonly context: number; readonly rows: number | null },
  budget: number,
): BatchLayout {
  const full = batchLayout(longest, context);
  let maxRows = rows ?? full.maxRows;
  while (maxRows > 1 && evaluationBytes(decoder, { ...full, maxRows }) > budget) maxRows = Math.floor(maxRows / 2);
  return { ...full, maxRows };
}
