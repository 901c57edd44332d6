import type { Runtime, HostTensor } from '../runtime/runtime';
import type { DecoderConfig } from './decoderConfig';
import { quantisedNames } from './frozenInputs';
import { quantise } from './quantise';
import { HEAD_INPUTS, headTiles, tileInputs } from './quantisedHead';

/** The tensors of a quantised weight W [dOut, dIn] by name. */
export function quantisedTensors(
  name: string,
  weight: Float32Array,
  [dOut = 0, dIn = 0]: readonly number[],
  runtime: Runtime,
): Record<string, HostTensor> {
  const names = quantisedNames(name);
  const { forward, forwardScales, backward, backwardScales } = quantise(weight, dOut, dIn);
  return {
    [names.forward]: runtime.constant(forward, [dIn, dOut]),
    [names.forwardScales]: runtime.constant(forwardScales, [dOut]),
    [names.backward]: runtime.constant(backward, [dOut, dIn]),
    [names.backwardScales]: runtime.constant(backwardScales, [dIn]),
  };
}

/** The tensors of a quantised head by name, from its matrix [V, D] and the mean of its rows. */
export function quantisedHead(
  head: Float32Array,
  { vocabularySize, hiddenSize }: DecoderConfig,
  runtime: Runtime,
  mean = meanRow(head, hiddenSize),
): Record<string, HostTensor> {
  const { forward, forwardScales, backward, backwardScales } = quantise(head, vocabularySize, hiddenSize, mean);
  const tensors: Record<string, HostTensor> = {
    [HEAD_INPUTS.rows]: runtime.constant(backward, [vocabularySize, hiddenSize]),
    [HEAD_INPUTS.rowScales]: runtime.constant(backwardScales, [hiddenSize]),
    [HEAD_INPUTS.mean]: runtime.constant(mean, [hiddenSize]),
  };
  headTiles(vocabularySize).forEach(({ start, end }, index) => {
    const names = tileInputs(index);
    const width = end - start;
    const columns = new Int8Array(hiddenSize * width);
    for (let d = 0; d < hiddenSize; d++) {
      columns.set(forward.subarray(d * vocabularySize + start, d * vocabularySize + end), d * width);
    }
    tensors[names.columns] = runtime.constant(columns, [hiddenSize, width]);
    tensors[names.columnScales] = runtime.constant(forwardScales.subarray(start, end), [width]);
    tensors[names.rows] = runtime.constant(backward.subarray(start * hiddenSize, end * hiddenSize), [
      width,
      hiddenSize,
    ]);
  });
  return tensors;
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
