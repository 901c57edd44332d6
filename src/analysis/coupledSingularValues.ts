import { valuesOfForms, zeroForm, type BidiagonalForm } from './bidiagonalForm';
import { bidiagonalOfCoupled, bidiagonalOfUpper, coupledBands } from './coupledBands';
import { joined, type CoupledBlocks } from './coupledBlocks';
import { bidiagonalForm } from './singularValues';

/** A narrower band takes longer. */
const LEAST_WIDTH = 20;

/**
 * All min(rows, cols) singular values of two coupled blocks, descending. Throws a RangeError when an entry is not finite.
 * By {@link bidiagonalOfCoupled} where what they share is less than about a third of their columns, else as one matrix.
 */
export function coupledSingularValues(blocks: CoupledBlocks): Float64Array {
  return valuesOfForms([coupledForms(blocks).both])[0] as Float64Array;
}

/** Of two coupled blocks together, and of the upper one alone. */
export interface CoupledForms {
  readonly both: BidiagonalForm;
  /** Made when it is asked for; undefined where that would cost as much as from the block itself. */
  readonly upper: (() => BidiagonalForm) | undefined;
}

/** The first half of {@link coupledSingularValues}. Entries may change once it has returned. */
export function coupledForms(blocks: CoupledBlocks): CoupledForms {
  const { upper, lower, shared } = blocks;
  const rows = upper.rows + lower.rows;
  const cols = upper.cols + lower.cols - shared;
  const width = Math.max(LEAST_WIDTH, shared);
  const alone = reduction(upper.rows, upper.cols) + reduction(lower.rows, lower.cols);
  if (alone + chase(cols, width) > reduction(rows, cols)) {
    return { both: bidiagonalForm(joined(blocks).values, rows, cols), upper: undefined };
  }

  const count = Math.min(rows, cols);
  const upperCount = Math.min(upper.rows, upper.cols);
  const bands = coupledBands(blocks, width);
  const { scale } = bands;
  if (scale === 0) return { both: zeroForm(count), upper: () => zeroForm(upperCount) };
  return {
    both: { matrix: bidiagonalOfCoupled(bands), scale, count },
    upper: () => ({ matrix: bidiagonalOfUpper(bands), scale, count: upperCount }),
  };
}

/** Operations that make a matrix bidiagonal, or a band. */
function reduction(rows: number, cols: number): number {
  const long = Math.max(rows, cols);
  const short = Math.min(rows, cols);
  return 4 * short ** 2 * (long - short / 3);
}

/** Operations that make a band bidiagonal; each reflector costs as much besides as these would, as measured. */
function chase(size: number, width: number): number {
  return size ** 2 * (8 * width + 150);
}
