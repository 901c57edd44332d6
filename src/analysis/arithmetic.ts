import { LARGEST_POWER } from './scale';
import { bidiagonalKernels } from './simd/bidiagonalKernels';
import { clearRow } from './simd/chaseKernel';
import { ensureBytes, instantiate, type KernelMemory, type Run } from './simd/kernels';
import { doubleLanes, singleLanes, TURN, type Lanes } from './simd/lanes';
import { reflectKernels } from './simd/reflectKernels';
import { vectorKernels } from './simd/vectorKernels';

/** Numbers of one precision. */
export type Reals = Float32Array | Float64Array;

/** Those that are called from here; see simd/. */
interface ReductionKernels extends KernelMemory {
  /** (rows / 4, width, a, stride, p, q, v, w, u, sums) */
  readonly subtractAndAccumulate: Run;
  /** (rows / 4, width, a, stride, u, dots) */
  readonly timesVector: Run;
  /** (width, start, first) → α */
  readonly reflect: (...places: readonly number[]) => number;
  /** (row, rows, cols, width, base, stride, free, room) */
  readonly clearRow: (...places: readonly number[]) => number;
  /** (width, x, y) */
  readonly dot: (...places: readonly number[]) => number;
  /** (width, x) */
  readonly largest: (...places: readonly number[]) => number;
  /** (width, out, x, y, α, β) */
  readonly combine: Run;
  /** (rows / 4, a, stride, p, q, out, α, β) */
  readonly columnMinus: Run;
}

/** Computing with matrices of one precision: the kernels, and a memory that they share. */
export class Arithmetic {
  readonly kernels: ReductionKernels;
  /** Bytes of a number. */
  readonly bytes: number;
  /** Columns that the kernels take at once. */
  readonly columns: number;

  constructor(
    lanes: Lanes,
    private readonly array: new (buffer: ArrayBuffer, offset: number, length: number) => Reals,
    /** The largest power of two that is a number, and whose inverse loses no digit. */
    readonly largestPower: number,
  ) {
    this.kernels = instantiate<ReductionKernels>([
      ...[...bidiagonalKernels(lanes), ...vectorKernels(lanes), ...reflectKernels(lanes)],
      clearRow(lanes),
    ]);
    this.bytes = lanes.bytes;
    this.columns = TURN / lanes.bytes;
  }

  /** The first `length` numbers of the memory, zeroed. All share it: valid until the next call. */
  reals(length: number): Reals {
    const { memory } = this.kernels;
    ensureBytes(memory, this.bytes * length);
    return new this.array(memory.buffer, 0, length).fill(0);
  }

  /** The first column of the group that a column lies in. */
  groupStart(column: number): number {
    return column - (column % this.columns);
  }

  /** Entries of whole groups of columns. */
  wholeGroups(columns: number): number {
    return this.columns * Math.ceil(columns / this.columns);
  }

  /** Bytes of whole groups of columns. */
  columnBytes(columns: number): number {
    return this.bytes * this.wholeGroups(columns);
  }
}

let [singles, doubles]: [Arithmetic?, Arithmetic?] = [];

/** With the precision of the entries of `a`. */
export function arithmeticOf(a: Reals): Arithmetic {
  return a instanceof Float32Array
    ? (singles ??= new Arithmetic(singleLanes, Float32Array, 2 ** 126))
    : (doubles ??= new Arithmetic(doubleLanes, Float64Array, LARGEST_POWER));
}
