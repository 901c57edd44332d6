import { arithmeticOf } from './arithmetic';
import { bandMatrix } from './bandMatrix';
import { bandRoom, bidiagonaliseBand } from './bandBidiagonal';
import type { Bidiagonal } from './bidiagonal';
import type { Block, CoupledBlocks } from './coupledBlocks';
import { upperBand } from './upperBand';
import { scaleWorkspace, workspace } from './workspace';

/** The bands that two coupled blocks become, each as {@link upperBand} gives it, times `scale`; 0 for zeros. */
export interface CoupledBands {
  readonly blocks: CoupledBlocks;
  readonly width: number;
  readonly scale: number;
  readonly above: Float64Array;
  readonly below: Float64Array;
}

/**
 * The bands of two coupled blocks, brought to magnitudes of at most about 1; `width` is at least the number of shared
 * columns, and 1. Transformations of the rows and of the columns of one block alone leave the zeros of the other's where
 * they are. They make each block a band, as wide as what the two share.
 * Throws a RangeError when an entry is not finite.
 */
export function coupledBands(blocks: CoupledBlocks, width: number): CoupledBands {
  const { upper, lower, shared } = blocks;
  const above = bandOf(upper, width, 0);
  // Its shared columns from the last to the first: they meet those of the upper block, which is turned round.
  const below = bandOf(lower, width, shared);
  const scales = [above, below].map(({ scale }) => scale).filter((scale) => scale !== 0);
  const scale = scales.length === 0 ? 0 : Math.min(...scales);
  return { blocks, width, scale, above: rescaled(above, scale), below: rescaled(below, scale) };
}

/**
 * A bidiagonal matrix with the singular values of both blocks together, and zeros beyond. With the columns of the upper
 * block from its last to the shared ones, followed by those of the lower, the two bands are one.
 */
export function bidiagonalOfCoupled({
  blocks: { upper, lower, shared },
  width,
  above,
  below,
}: CoupledBands): Bidiagonal {
  // Of the transpose both are upper bands.
  const cols = upper.cols + lower.cols - shared;
  const lowerColumn = upper.cols + width - shared;
  const lowerRows = Math.min(lower.rows, lower.cols);
  const arithmetic = arithmeticOf(upper.values);
  const band = bandMatrix(
    arithmetic,
    cols,
    Math.max(cols, lowerColumn + lowerRows),
    width,
    bandRoom(arithmetic, width),
  );
  const entry = (i: number, j: number): number => band.base + band.stride * i + j;
  for (let k = 0; k < Math.min(upper.rows, upper.cols); k++) {
    for (let t = 0; t <= width && k + t < upper.cols; t++) {
      band.memory[entry(upper.cols - 1 - k - t, upper.cols - 1 - k)] = above[k * (width + 1) + t] as number;
    }
  }
  for (let k = 0; k < lowerRows; k++) {
    for (let t = 0; t <= width && k + t < lower.cols; t++) {
      band.memory[entry(upper.cols - shared + k + t, lowerColumn + k)] = below[k * (width + 1) + t] as number;
    }
  }
  return bidiagonaliseBand(band);
}

/** A bidiagonal matrix with the singular values of the upper block alone: the chase of a band costs less than all of it. */
export function bidiagonalOfUpper({ blocks: { upper }, width, above }: CoupledBands): Bidiagonal {
  const rows = Math.min(upper.rows, upper.cols);
  const arithmetic = arithmeticOf(upper.values);
  const band = bandMatrix(arithmetic, rows, upper.cols, width, bandRoom(arithmetic, width));
  for (let k = 0; k < rows; k++) {
    const row = above.subarray(k * (width + 1), k * (width + 1) + Math.min(width + 1, upper.cols - k));
    band.memory.set(row, band.base + band.stride * k + k);
  }
  return bidiagonaliseBand(band);
}

/** A band and the power of two that its entries were scaled by; 0 for zeros. */
interface ScaledBand {
  readonly band: Float64Array;
  readonly scale: number;
}

/** The band that a block becomes, its first `turned` columns from the last to the first. */
function bandOf({ rows, cols, values }: Block, width: number, turned: number): ScaledBand {
  const work = workspace(arithmeticOf(values), rows, cols);
  for (let i = 0; i < rows; i++) {
    const row = values.subarray(i * cols, (i + 1) * cols);
    work.memory.set(row, i * work.stride);
    work.memory.subarray(i * work.stride, i * work.stride + turned).reverse();
  }
  const scale = scaleWorkspace(work, values, cols);
  return { band: upperBand(work, width), scale };
}

function rescaled({ band, scale: own }: ScaledBand, scale: number): Float64Array {
  return own === scale || own === 0 ? band : band.map((entry) => entry * (scale / own));
}
