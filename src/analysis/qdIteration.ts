import type { Bidiagonal } from './bidiagonal';
import { loweredShift, nextShift, shiftAfterDeflation } from './qdShift';
import type { QdArrays, Sweep } from './qdSweep';

/** Square of the relative change that dropping an off-diagonal entry may make to its neighbours on the diagonal. */
const NEGLIGIBLE = (2 * Number.EPSILON) ** 2;
/** Share of what was subtracted so far that a last row may have off the diagonal and on it. */
const ROUNDED_AWAY = Number.EPSILON / 8;
/** Three are usual. */
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
  /** Where its entries are, and where those of the next sweep go. */
  from: QdArrays;
  to: QdArrays;
}

/**
 * The differential qd algorithm with shifts for one bidiagonal matrix, which leaves its sweeps to others: as long as
 * `advance` says so, `sweep` is to be done.
 */
export class QdIteration {
  readonly values: Float64Array;
  private readonly blocks: Block[] = [];
  private block: Block | undefined;
  /** What is negligible in any case: no entry of q or e ever exceeds their sum, of which a sweep only takes. */
  private readonly most: number;
  private sweepsLeft: number;
  private shift = 0;
  /** No entry of e but the last of the block is less. */
  private leastOff = 0;
  private isAsked = false;

  constructor(
    { diagonal, superdiagonal }: Bidiagonal,
    readonly sweep: Sweep,
  ) {
    const size = diagonal.length;
    const { from, to } = sweep;
    let sum = 0;
    for (let i = 0; i < size; i++) sum += from.q[i] = square(diagonal[i] as number);
    for (let i = 0; i < size - 1; i++) sum += from.e[i] = square(superdiagonal[i] as number);
    this.most = NEGLIGIBLE * sum;
    this.values = new Float64Array(size);
    this.block = { low: 0, high: size - 1, shift: 0, rounded: 0, from, to };
    this.sweepsLeft = SWEEPS_PER_VALUE * size;
  }

  /** Takes what the last sweep found, and whether there is another. Throws when the sweeps do not converge. */
  advance(): boolean {
    if (this.isAsked) this.takeSweep();
    this.isAsked = false;
    while (this.block !== undefined) {
      const { block } = this;
      const { low, high, from } = block;
      if (low > high) {
        this.block = this.blocks.pop();
        this.shift = 0;
        this.leastOff = 0;
        continue;
      }
      const known = this.leastOff > this.most + NEGLIGIBLE * block.shift ? high - 1 : low;
      const split = isTaken(block) ? high - 1 : lastNegligible(block, Math.max(low, known));
      if (split === high - 1) {
        this.values[high] = Math.sqrt((from.q[high] as number) + block.rounded + block.shift);
        block.high--;
        this.shift = low < high - 1 ? shiftAfterDeflation(from, low, high - 1, this.sweep.pivots) : 0;
        continue;
      }
      if (split >= low) {
        this.blocks.push({ ...block, high: split });
        block.low = split + 1;
        this.leastOff = 0;
        continue;
      }
      if (UPSIDE_DOWN * (from.q[low] as number) < (from.q[high] as number)) {
        from.q.subarray(low, high + 1).reverse();
        from.e.subarray(low, high).reverse();
        this.shift = 0;
      }
      if (this.sweepsLeft-- === 0) {
        const size = this.values.length;
        throw new Error(`Singular values of a ${size} × ${size} matrix did not converge.`);
      }
      const { sweep } = this;
      sweep.from = from;
      sweep.to = block.to;
      sweep.low = low;
      sweep.high = high;
      sweep.shift = this.shift;
      this.isAsked = true;
      return true;
    }
    return false;
  }

  private takeSweep(): void {
    const { block, sweep, shift } = this;
    const { pivots, to, low, high } = sweep;
    if (block === undefined) return;
    if (!(pivots.least >= 0)) {
      this.shift = loweredShift(shift, to.q[high] as number, pivots);
      return;
    }
    [block.from, block.to] = [block.to, block.from];
    addShift(block, shift);
    this.leastOff = pivots.leastOff;
    this.shift = nextShift(to, low, high, pivots);
  }
}

function square(x: number): number {
  return x * x;
}

/** The last negligible entry off the diagonal at `from` or after; high − 1 where one row is left, low − 1 where there is none. */
function lastNegligible({ low, high, shift, from: { q, e } }: Block, from: number): number {
  for (let i = high - 1; i >= from; i--) {
    const neighbours = (q[i] as number) + (q[i + 1] as number) + shift;
    if ((e[i] as number) <= NEGLIGIBLE * neighbours) return i;
  }
  return low === high ? high - 1 : low - 1;
}

/**
 * Whether the last row can be dropped because of the shift. Without it and its column, the squares λ of the others are
 * smaller, by eₙ₋₁ + qₙ − λₙ in all (by interlacing and the trace), and λₙ lies between 0 and qₙ + eₙ₋₁.
 */
function isTaken({ low, high, shift, from: { q, e } }: Block): boolean {
  const least = ROUNDED_AWAY * shift;
  return high > low && (e[high - 1] as number) <= least && (q[high] as number) <= least;
}

/** Keeps what the addition rounds away (Dekker 1971). */
function addShift(block: Block, shift: number): void {
  const sum = block.shift + shift;
  const added = sum - block.shift;
  block.rounded += block.shift - (sum - added) + (shift - added);
  block.shift = sum;
}
