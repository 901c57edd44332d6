import type { Runtime } from '../../runtime/runtime';
import type { DecoderConfig } from '../decoderConfig';
import { plainBytes, quantise, type Columns, type MakeBytes } from '../quantise';
import { headTiles, type QuantisedHead } from './quantisedHead';

/** Rows of a head's matrix [V, D] from one to before another, [end − start, D]; valid until the next are asked for. */
export type HeadRows = (start: number, end: number) => Float32Array;

/** A head in bytes as arrays, which a thread can give away. */
export interface HeadArrays {
  /** The vocabulary in pieces. */
  readonly tiles: readonly {
    readonly start: number;
    readonly width: number;
    /** Part of Wᵀ, [D, width], with scales [width]. */
    readonly columns: Int8Array;
    readonly columnScales: Float32Array<ArrayBuffer>;
  }[];
  /** W − 1 wᵀ [V, D], with scales [D]. */
  readonly rows: Int8Array;
  readonly rowScales: Float32Array<ArrayBuffer>;
  /** w [D] */
  readonly mean: Float32Array<ArrayBuffer>;
}

/** A head in bytes from its matrix, of which no more than a tile is asked for at once, twice. */
export function quantiseHead(
  rowsOf: HeadRows,
  { vocabularySize, hiddenSize }: Pick<DecoderConfig, 'vocabularySize' | 'hiddenSize'>,
  centre?: Float32Array<ArrayBuffer>,
  make: MakeBytes = plainBytes,
): HeadArrays {
  const places = headTiles(vocabularySize);
  const columns = columnsOfHead(rowsOf, places, hiddenSize, centre);
  const rows = make(vocabularySize * hiddenSize);
  let rowScales = new Float32Array(hiddenSize);
  const tiles: HeadArrays['tiles'][number][] = [];
  for (const { start, end } of places) {
    const width = end - start;
    const tile = quantise(rowsOf(start, end), width, hiddenSize, columns, make);
    rows.set(tile.backward, start * hiddenSize);
    rowScales = tile.backwardScales;
    tiles.push({ start, width, columns: tile.forward, columnScales: tile.forwardScales });
  }
  return { tiles, rows, rowScales, mean: columns.centre };
}

/** Such a head where the runtime can use it. */
export function headOfArrays({ tiles, rows, rowScales, mean }: HeadArrays, runtime: Runtime): QuantisedHead {
  const hiddenSize = mean.length;
  const all = runtime.constant(rows, [rows.length / hiddenSize, hiddenSize]);
  // Of the memory that the runtime reads, which may be a copy.
  const rowsBetween = (start: number, end: number): Int8Array =>
    (all.data as Int8Array).subarray(start * hiddenSize, end * hiddenSize);
  return {
    tiles: tiles.map(({ start, width, columns, columnScales }) => ({
      start: runtime.constant(BigInt64Array.of(BigInt(start)), [1, 1]),
      width,
      columns: runtime.constant(columns, [hiddenSize, width]),
      columnScales: runtime.constant(columnScales, [width]),
      rows: runtime.constant(rowsBetween(start, start + width), [width, hiddenSize]),
    })),
    rows: all,
    rowScales: runtime.constant(rowScales, [hiddenSize]),
    mean: runtime.constant(mean, [hiddenSize]),
  };
}

/** The mean of the rows, unless another centre is given, and the largest distance from it in each column. */
function columnsOfHead(
  rowsOf: HeadRows,
  places: readonly { readonly start: number; readonly end: number }[],
  width: number,
  given: Float32Array<ArrayBuffer> | undefined,
): Columns & { readonly centre: Float32Array<ArrayBuffer> } {
  const sums = new Float64Array(width);
  const least = new Float32Array(width).fill(Infinity);
  const most = new Float32Array(width).fill(-Infinity);
  for (const { start, end } of places) {
    const rows = rowsOf(start, end);
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
