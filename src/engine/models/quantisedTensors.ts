import type { Runtime, HostTensor } from '../runtime/runtime';
import type { DecoderConfig } from './decoderConfig';
import { quantisedNames } from './frozenInputs';
import { quantise } from './quantise';
import { HEAD_INPUT, HEAD_MEAN } from './quantisedHead';

/** The tensors of a quantised weight W [dOut, dIn] by name. */
export function quantisedTensors(
  name: string,
  weight: Float32Array,
  [dOut = 0, dIn = 0]: readonly number[],
  runtime: Runtime,
  centre?: Float32Array<ArrayBuffer>,
): Record<string, HostTensor> {
  const names = quantisedNames(name);
  const { forward, forwardScales, backward, backwardScales } = quantise(weight, dOut, dIn, centre);
  return {
    [names.forward]: runtime.constant(forward, [dIn, dOut]),
    [names.forwardScales]: runtime.constant(forwardScales, [dOut]),
    [names.backward]: runtime.constant(backward, [dOut, dIn]),
    [names.backwardScales]: runtime.constant(backwardScales, [dIn]),
  };
}

/** The tensors of a quantised head by name, from its matrix [V, D]. */
export function quantisedHead(
  head: Float32Array,
  { vocabularySize, hiddenSize }: DecoderConfig,
  runtime: Runtime,
): Record<string, HostTensor> {
  const mean = meanRow(head, hiddenSize);
  return {
    ...quantisedTensors(HEAD_INPUT, head, [vocabularySize, hiddenSize], runtime, mean),
    [HEAD_MEAN]: runtime.constant(mean, [hiddenSize]),
  };
}

/** Mean of the rows of a matrix [rows, width]. */
function meanRow(matrix: Float32Array, width: number): Float32Array<ArrayBuffer> {
  const sums = new Float64Array(width);
  for (let at = 0, column = 0; at < matrix.length; at++, column = column + 1 === width ? 0 : column + 1) {
    sums[column] = (sums[column] as number) + (matrix[at] as number);
  }
  const rows = matrix.length / width;
  return Float32Array.from(sums, (total) => total / rows);
}
