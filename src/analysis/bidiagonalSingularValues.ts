import type { Bidiagonal } from './bidiagonal';
import { loweredShift, nextShift } from './qdShift';
import { qdArrays, qdSweep, type Pivots } from './qdSweep';

/** Square of the relative change that dropping an off-diagonal entry may make to its neighbours on the diagonal. */
const NEGLIGIBLE = (2 * Number.EPSILON) ** 2;
/** Four or five sweeps a value are usual. */
const SWEEPS_PER_VALUE = 60;
/** A block whose last entry is so much larger than its first is turned round: small values are found at the end. */
const UPSIDE_DOWN = 1.5;

/** Rows `low..high`, from whose squared singular values `shift` + `rounded` was subtracted so far. */
interface Block {
  low: number;
  high: number;
  shift: number;
  /** What adding to the shift has rounded away. */
  rounded: number;
}

/**
 * Singular values of an upper bidiagonal matrix, descending and non-negative, each to high relative accuracy where its
 * square does not vanish: the differential quotient-difference algorithm with shifts (Fernando & Parlett 1994; Parlett &
 * Marques 2000, "An implementation of the dqds algorithm (positive case)"), which LAPACK takes for values alone. Expects
 * entries whose squares do not overflow. Throws when the sweeps do not converge.
 */
export function bidiagonalSingularValues({ diagonal, superdiagonal }: Bidiagonal): Float64Array {
  const size = diagonal.length;
  const arrays = qdArrays(size);
  const { q, e, spare } = arrays;
  for (let i = 0; i < size; i++) q[i] = square(diagonal[i] as number);
  for (let i = 0; i < size - 1; i++) e[i] = square(superdiagonal[i] as number);
  // No entry of q or e ever exceeds their sum, of which a sweep only takes.
  const most = NEGLIGIBLE * (q.reduce(sum, 0) + e.reduce(sum, 0));
  const values = new Float64Array(size);
  const pivots: Pivots = { least: 0, leastBefore: 0, leastOff: 0 };
  const blocks: Block[] = [{ low: 0, high: size - 1, shift: 0, rounded: 0 }];
  let sweepsLeft = SWEEPS_PER_VALUE * size;
  let shift = 0;
  /** No entry of e but the last of the block is less. */
  let leastOff = 0;
  for (let block = blocks.pop(); block !== undefined;) {
    const { low, high } = block;
    if (low > high) {
      block = blocks.pop();
      shift = 0;
      leastOff = 0;
      continue;
    }
    const from = leastOff > most + NEGLIGIBLE * block.shift ? high - 1 : low;
    const split = lastNegligible(q, e, block, Math.max(low, from));
    if (split === high - 1) {
      values[high] = Math.sqrt((q[high] as number) + block.rounded + block.shift);
      block.high--;
      continue;
    }
    if (split >= low) {
      blocks.push({ ...block, high: split });
      block.low = split + 1;
      leastOff = 0;
      continue;
    }
    if (UPSIDE_DOWN * (q[low] as number) < (q[high] as number)) {
      q.subarray(low, high + 1).reverse();
      e.subarray(low, high).reverse();
      shift = 0;
    }
    if (sweepsLeft-- === 0) throw new Error(`Singular values of a ${size} × ${size} matrix did not converge.`);
    qdSweep(arrays, low, high, shift, pivots);
    if (!(pivots.least >= 0)) {
      shift = loweredShift(shift, spare.q[high] as number, pivots);
      continue;
    }
    q.set(spare.q.subarray(low, high + 1), low);
    e.set(spare.e.subarray(low, high), low);
    addShift(block, shift);
    leastOff = pivots.leastOff;
    shift = nextShift(q, e, low, high, pivots);
  }
  return values.sort().reverse();
}

function sum(a: number, b: number): number {
  return a + b;
}

function square(x: number): number {
  return x * x;
}

/** The last negligible entry off the diagonal at `from` or after; high − 1 where one row is left, low − 1 where there is none. */
function lastNegligible(q: Float64Array, e: Float64Array, { low, high, shift }: Block, from: number): number {
  for (let i = high - 1; i >= from; i--) {
    const neighbours = (q[i] as number) + (q[i + 1] as number) + shift;
    if ((e[i] as number) <= NEGLIGIBLE * neighbours) return i;
  }
  return low === high ? high - 1 : low - 1;
}

/** Keeps what the addition rounds away (Dekker 1971). */
function addShift(block: Block, shift: number): void {
  const sum = block.shift + shift;
  const added = sum - block.shift;
  block.rounded += block.shift - (sum - added) + (shift - added);
  block.shift = sum;
}
