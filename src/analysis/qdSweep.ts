import { ensureBytes, instantiate, type KernelMemory, type Run } from './simd/kernels';
import { qdRows, qdRowsOfTwo, SWEEP_STATE } from './simd/qdKernel';
import { place } from './workspace';

/** The least of the pivots of a sweep and what goes with it. One object reused, so that sweeps do not allocate. */
export interface Pivots {
  /** Negative or not a number: the shift was larger than the smallest value. */
  least: number;
  /** The least of all pivots but the last. */
  leastBefore: number;
  /** The least of all but the last two; of all but the last where there are no more than two. */
  leastBeforeTwo: number;
  /** The least entry of the new e but the last; ∞ where there is no other. */
  leastOff: number;
}

/** Squares q = d² and e = off² of the entries of an upper bidiagonal matrix, in memory that the kernels see. */
export interface QdArrays {
  readonly q: Float64Array;
  readonly e: Float64Array;
  /** Addresses of their first entries. */
  readonly qAt: number;
  readonly eAt: number;
}

/** A sweep over rows `low..high`, low < high, of `from` into `to`. */
export interface Sweep {
  from: QdArrays;
  to: QdArrays;
  low: number;
  high: number;
  shift: number;
  readonly pivots: Pivots;
  /** In the kernels' memory. */
  readonly state: Float64Array;
  readonly stateAt: number;
}

const FLOAT64 = 8;

interface QdKernels extends KernelMemory {
  /** (rows, q, e, next q, next e, state), see simd/qdKernel.ts. */
  readonly qdRows: Run;
  /** The same with two addresses for each. */
  readonly qdRowsOfTwo: Run;
}

let compiled: QdKernels | undefined;

function kernels(): QdKernels {
  return (compiled ??= instantiate<QdKernels>([qdRows, qdRowsOfTwo]));
}

/** For each matrix of these sizes a sweep between arrays of zeros. Valid until other memory is asked for. */
export function qdSweeps(sizes: readonly number[]): Sweep[] {
  const length = sizes.reduce((sum, size) => sum + 4 * size + SWEEP_STATE.length, 0);
  ensureBytes(kernels().memory, FLOAT64 * length);
  const memory = new Float64Array(kernels().memory.buffer, 0, length).fill(0);
  let end = 0;
  const part = (length: number): Float64Array => memory.subarray(end, (end += length));
  const arrays = (size: number): QdArrays => {
    const [q, e] = [part(size), part(size)];
    return { q, e, qAt: place(q, 0), eAt: place(e, 0) };
  };
  return sizes.map((size) => {
    const state = part(SWEEP_STATE.length);
    return {
      ...{ from: arrays(size), to: arrays(size), low: 0, high: size - 1, shift: 0 },
      pivots: { least: 0, leastBefore: 0, leastBeforeTwo: 0, leastOff: 0 },
      ...{ state, stateAt: place(state, 0) },
    };
  });
}

/**
 * One sweep of the differential quotient-difference algorithm with shift (Fernando & Parlett 1994, "Accurate singular
 * values and differential qd algorithms", §4). From B, given by q and e, it makes B' with B'ᵀB' = B Bᵀ − shift:
 *
 * d = q₀ − shift; then q'ᵢ = d + eᵢ, e'ᵢ = eᵢ qᵢ₊₁ / q'ᵢ, and the pivot d becomes d qᵢ₊₁ / q'ᵢ − shift; q' of the last row
 * is d. Nothing is subtracted but the shift, so that without one no relative accuracy is lost.
 */
export function qdSweep(sweep: Sweep): void {
  start(sweep);
  rows(sweep, 0);
  end(sweep);
}

/** Two sweeps at once, which take about as long as the longer of them. */
export function twoQdSweeps(a: Sweep, b: Sweep): void {
  start(a);
  start(b);
  const both = Math.min(a.high - a.low, b.high - b.low);
  const { from, to } = a;
  const [offset, otherOffset] = [FLOAT64 * a.low, FLOAT64 * b.low];
  kernels().qdRowsOfTwo(
    both,
    from.qAt + offset,
    b.from.qAt + otherOffset,
    from.eAt + offset,
    b.from.eAt + otherOffset,
    to.qAt + offset,
    b.to.qAt + otherOffset,
    to.eAt + offset,
    b.to.eAt + otherOffset,
    a.stateAt,
    b.stateAt,
  );
  rows(a, both);
  rows(b, both);
  end(a);
  end(b);
}

function start({ from, low, shift, state }: Sweep): void {
  const pivot = (from.q[low] as number) - shift;
  state[0] = shift;
  for (let i = 1; i < 5; i++) state[i] = pivot;
  state[5] = Number.POSITIVE_INFINITY;
  state[6] = Number.POSITIVE_INFINITY;
}

/** All rows but the first `done`. */
function rows({ from, to, low, high, stateAt }: Sweep, done: number): void {
  const row = low + done;
  if (row === high) return;
  const offset = FLOAT64 * row;
  kernels().qdRows(high - row, from.qAt + offset, from.eAt + offset, to.qAt + offset, to.eAt + offset, stateAt);
}

function end({ to, high, pivots, state }: Sweep): void {
  to.q[high] = state[1] as number;
  pivots.least = state[2] as number;
  pivots.leastBefore = state[3] as number;
  pivots.leastBeforeTwo = state[4] as number;
  pivots.leastOff = state[6] as number;
}
