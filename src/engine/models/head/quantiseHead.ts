import type { Runtime } from '../../runtime/runtime';
import type { DecoderConfig } from '../decoderConfig';
import { quantise, type Columns } from '../quantise';
import { headTiles, type HeadTile, type QuantisedHead } from './quantisedHead';

/** Rows of a head's matrix [V, D] from one to before another, [end − start, D]. */
export type HeadRows = (start: number, end: number) => Float32Array | Promise<Float32Array>;

/** A head in bytes from its matrix, of which no more than a tile is asked for at once, twice. */
export async function quantiseHead(
  rowsOf: HeadRows,
  { vocabularySize, hiddenSize }: DecoderConfig,
  runtime: Runtime,
  centre?: Float32Array<ArrayBuffer>,
): Promise<QuantisedHead> {
  const places = headTiles(vocabularySize);
  const columns = await columnsOfHead(rowsOf, places, hiddenSize, centre);
  const all = new Int8Array(vocabularySize * hiddenSize);
  let rowScales = new Float32Array(hiddenSize);
  const tiles: HeadTile[] = [];
  for (const { start, end } of places) {
    const width = end - start;
    const tile = quantise(await rowsOf(start, end), width, hiddenSize, columns);
    const rows = all.subarray(start * hiddenSize, end * hiddenSize);
    rows.set(tile.backward);
    rowScales = tile.backwardScales;
    tiles.push({
      start: runtime.constant(BigInt64Array.of(BigInt(start)), [1, 1]),
      width,
      columns: runtime.constant(tile.forward, [hiddenSize, width]),
      columnScales: runtime.constant(tile.forwardScales, [width]),
      rows: runtime.constant(rows, [width, hiddenSize]),
    });
  }
  return {
    tiles,
    rows: runtime.constant(all, [vocabularySize, hiddenSize]),
    rowScales: runtime.constant(rowScales, [hiddenSize]),
    mean: runtime.constant(columns.centre, [hiddenSize]),
  };
}

/** The mean of the rows, unless another centre is given, and the largest distance from it in each column. */
async function columnsOfHead(
  rowsOf: HeadRows,
  places: readonly { readonly start: number; readonly end: number }[],
  width: number,
  given: Float32Array<ArrayBuffer> | undefined,
): Promise<Columns & { readonly centre: Float32Array<ArrayBuffer> }> {
  const sums = new Float64Array(width);
  const least = new Float32Array(width).fill(Infinity);
  const most = new Float32Array(width).fill(-Infinity);
  for (const { start, end } of places) {
    const rows = await rowsOf(start, end);
    for (let at = 0, j = 0; at < rows.length; at++, j = j + 1 === width ? 0 : j + 1) {
      const value = rows[at] as number;
      sums[j] = (sums[j] as number) + value;
      least[j] = Math.min(least[j] as number, value);
      most[j] = Math.max(most[j] as number, value);
    }
  }
  const count = places.at(-1)?.end ?? 0;
  const centre = given ?? Float32Array.from(sums, (sum) => sum / count);
  const largest = centre.map((middle, j) => Math.max((most[j] as number) - middle, middle - (least[j] as number)));
  return { centre, largest };
}
