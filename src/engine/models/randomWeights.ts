import { uniformNumbers } from '../data/random';
import { sizeOf, type Shape } from '../graph/value';
import { tensorName } from './blockWeights';
import { blockTensors, EMBEDDING, FINAL_NORM, HEAD, isNorm, type DecoderConfig } from './decoderConfig';

/** A tensor of a model that starts from nothing. */
export interface RandomTensor {
  readonly name: string;
  readonly shape: Shape;
  /** The same values each time, float32. */
  readonly values: () => Float32Array;
}

/**
 * The tensors of a model before any training, as transformers initialises them: matrices normal with the deviation
 * `initializer_range` of config.json, biases 0, norms 1. They depend on the seed and on their place in the model only.
 */
export function randomTensors(config: DecoderConfig, deviation: number, seed: number): RandomTensor[] {
  const table = [config.vocabularySize, config.hiddenSize];
  const named: { name: string; shape: Shape }[] = [
    { name: EMBEDDING, shape: table },
    ...Array.from({ length: config.layers }, (_, layer) =>
      blockTensors(config).map(({ name, shape }) => ({ name: tensorName(layer, name), shape })),
    ).flat(),
    { name: FINAL_NORM, shape: [config.hiddenSize] },
    ...(config.tied ? [] : [{ name: HEAD, shape: table }]),
  ];
  return named.map(({ name, shape }, place) => ({
    name,
    shape,
    values: () => initialValues(name, sizeOf(shape), config, () => normalNumbers(deviation, seed, place)),
  }));
}

function initialValues(
  name: string,
  size: number,
  { normOffset }: DecoderConfig,
  normal: () => () => number,
): Float32Array {
  const values = new Float32Array(size);
  if (isNorm(name)) return values.fill(1 - normOffset);
  if (name.endsWith('.bias')) return values;
  const next = normal();
  for (let i = 0; i < size; i++) values[i] = next();
  return values;
}

/** Normal numbers of mean 0 (Box & Muller 1958), two from each pair of uniform ones. */
function normalNumbers(deviation: number, seed: number, place: number): () => number {
  const uniform = uniformNumbers(seed, 'weights', place);
  let spare: number | undefined;
  return () => {
    if (spare !== undefined) {
      const value = spare;
      spare = undefined;
      return value;
    }
    // 1 − u is never 0, of which there is no logarithm.
    const radius = deviation * Math.sqrt(-2 * Math.log(1 - uniform()));
    const angle = 2 * Math.PI * uniform();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
}
