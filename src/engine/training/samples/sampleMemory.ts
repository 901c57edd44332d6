import { workingMemory } from '../../graph/workingMemory';
import type { SamplesConfiguration } from '../../../config/schema';
import type { BaseFormat } from '../../adapters/frozenWeight';
import { cacheCapacity } from '../../inference/shapeSteps';
import type { BlockStructures } from '../../models/adapterInputs';
import { cachedBlock } from '../../models/cachedBlock';
import type { DecoderConfig } from '../../models/decoderConfig';

const BYTES = 4; // float32

/** How much a run samples. */
export interface SampleNeeds {
  /** Prompts, which are answered side by side. */
  readonly rows: number;
  /** Tokens of the longest prompt with its answer. */
  readonly tokens: number;
}

/** Bytes that samples take while they are made: keys and values, logits, and the largest program. */
export function sampleBytes(
  decoder: DecoderConfig,
  base: BaseFormat,
  structures: BlockStructures,
  { rows, tokens }: SampleNeeds,
): number {
  const [kind] = decoder.layerKinds;
  if (kind === undefined) throw new Error('a decoder without layers');
  const capacity = cacheCapacity(tokens);
  const cached = 2 * BYTES * decoder.layers * rows * decoder.keyValueHeads * capacity * decoder.headSize;
  const logits = BYTES * rows * decoder.vocabularySize;
  const step = workingMemory(cachedBlock(decoder, { rows, length: 1, capacity }, kind, { base, structures }));
  return cached + logits + step;
}

/** What samples of a run need at most, where the longest example has so many tokens. */
export function sampleNeeds(
  { prompts, maxTokens }: SamplesConfiguration,
  longest: number,
  { maxPositions }: Pick<DecoderConfig, 'maxPositions'>,
): SampleNeeds {
  const rows = typeof prompts === 'number' ? prompts : prompts.length;
  return { rows, tokens: Math.min(maxPositions, longest + maxTokens) };
}
