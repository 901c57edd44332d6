import type { Runtime } from '../../runtime/runtime';
import type { DecoderConfig } from '../decoderConfig';
import { quantise } from '../quantise';
import { headTiles, type HeadTile, type QuantisedHead } from './quantisedHead';

/** A head in bytes from its matrix [V, D] and the mean of its rows. */
export function quantiseHead(
  head: Float32Array,
  { vocabularySize, hiddenSize }: DecoderConfig,
  runtime: Runtime,
  mean = meanRow(head, hiddenSize),
): QuantisedHead {
  const { forward, forwardScales, backward, backwardScales } = quantise(head, vocabularySize, hiddenSize, mean);
  const tiles = headTiles(vocabularySize).map(({ start, end }): HeadTile => {
    const width = end - start;
    const columns = new Int8Array(hiddenSize * width);
    for (let d = 0; d < hiddenSize; d++) {
      columns.set(forward.subarray(d * vocabularySize + start, d * vocabularySize + end), d * width);
    }
    const rows = backward.subarray(start * hiddenSize, end * hiddenSize);
    return {
      start: runtime.constant(BigInt64Array.of(BigInt(start)), [1, 1]),
      width,
      columns: runtime.constant(columns, [hiddenSize, width]),
      columnScales: runtime.constant(forwardScales.subarray(start, end), [width]),
      rows: runtime.constant(rows, [width, hiddenSize]),
    };
  });
  return {
    tiles,
    rows: runtime.constant(backward, [vocabularySize, hiddenSize]),
    rowScales: runtime.constant(backwardScales, [hiddenSize]),
    mean: runtime.constant(mean, [hiddenSize]),
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
