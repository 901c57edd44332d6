import { ensureBytes, instantiate } from '../../analysis/simd/kernels';
import { LARGEST } from '../graph/ops/quantisation';
import { plainBytes, type Columns, type MakeBytes, type QuantisedArrays } from './quantise';
import { inverse } from './quantisePlainly';
import { LANES, largest, round, transpose } from './roundingKernels';

interface Rounding {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  readonly largest: (rows: number, width: number, a: number, columns: number, rowsOfFour: number) => void;
  readonly round: (...places: readonly number[]) => void;
  readonly transpose: (...places: readonly number[]) => void;
}

let compiled: Rounding | undefined;

/** Entries that are worked on at once: what they take lies in a processor's own cache. */
const AT_ONCE = 1 << 15;

/** Whether the kernels take a matrix [dOut, dIn]. */
export function fitsLanes(dOut: number, dIn: number): boolean {
  return dOut > 0 && dIn > 0 && dOut % LANES === 0 && dIn % LANES === 0;
}

/** `quantise` of W [dOut, dIn] that fits, some rows at a time. */
export function quantiseInLanes(
  weight: Float32Array,
  dOut: number,
  dIn: number,
  given?: Columns,
  make: MakeBytes = plainBytes,
): QuantisedArrays {
  const kernels = (compiled ??= instantiate<Rounding>([largest, round, transpose]));
  const atOnce = Math.min(dOut, Math.max(LANES, LANES * Math.floor(AT_ONCE / dIn / LANES)));
  const places = layout(atOnce, dOut, dIn);
  ensureBytes(kernels.memory, places.end);
  const { buffer } = kernels.memory;
  const part = new Float32Array(buffer, places.part, atOnce * dIn);
  const columns = new Float32Array(buffer, places.columns, dIn).fill(0);
  const rowsOfFour = new Float32Array(buffer, places.rowsOfFour, 4 * atOnce);
  const perRow = new Float64Array(buffer, places.perRow, atOnce);
  const forwardScales = new Float32Array(dOut);

  const take = (top: number): number => {
    const rows = Math.min(atOnce, dOut - top);
    part.set(weight.subarray(top * dIn, (top + rows) * dIn));
    return rows;
  };
  const measure = (top: number, rows: number): void => {
    kernels.largest(rows, dIn, places.part, places.columns, places.rowsOfFour);
    for (let row = 0; row < rows; row++) {
      forwardScales[top + row] = Math.max(...rowsOfFour.subarray(4 * row, 4 * row + 4)) / LARGEST;
    }
  };
  if (given === undefined) for (let top = 0; top < dOut; top += atOnce) measure(top, take(top));

  const backwardScales = (given?.largest ?? columns).map((most) => most / LARGEST);
  const backward = make(dOut * dIn);
  new Float64Array(buffer, places.perColumn, dIn).set(backwardScales.map(inverse));
  new Float64Array(buffer, places.centre, dIn).set(given?.centre ?? new Float32Array(dIn));
  for (let top = 0; top < dOut; top += atOnce) {
    const rows = take(top);
    if (given !== undefined) measure(top, rows);
    for (let row = 0; row < rows; row++) perRow[row] = inverse(forwardScales[top + row] as number);
    const { perColumn, centre, byRow, byColumn } = places;
    kernels.round(rows, dIn, places.part, places.perRow, perColumn, centre, byRow, byColumn);
    kernels.transpose(dIn / LANES, rows / LANES, byRow, dIn, places.forward + top, dOut, LANES * dOut);
    backward.set(new Int8Array(buffer, byColumn, rows * dIn), top * dIn);
  }
  const forward = make(dIn * dOut);
  forward.set(new Int8Array(buffer, places.forward, dIn * dOut));
  return { forward, forwardScales, backward, backwardScales: Float32Array.from(backwardScales) };
}

/** Addresses in the kernels' memory, each of whole vectors. */
function layout(rows: number, dOut: number, dIn: number) {
  const sizes = {
    part: 4 * rows * dIn,
    columns: 4 * dIn,
    rowsOfFour: 16 * rows,
    perRow: 8 * rows,
    perColumn: 8 * dIn,
    centre: 8 * dIn,
    byRow: rows * dIn,
    byColumn: rows * dIn,
    forward: dIn * dOut,
  };
  let end = 0;
  const place = (size: number): number => (end += size) - size;
  const names = Object.keys(sizes) as (keyof typeof sizes)[];
  const places = Object.fromEntries(names.map((name) => [name, place(sizes[name])])) as typeof sizes;
  return { ...places, end };
}
