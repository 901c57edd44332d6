import { bandMatrix, type BandMatrix } from './bandMatrix';
import { bandRoom, bidiagonaliseBand } from './bandBidiagonal';
import type { Bidiagonal } from './bidiagonal';
import type { Block, CoupledBlocks } from './coupledBlocks';
import { upperBand } from './upperBand';
import { workspace } from './workspace';

/**
 * A bidiagonal matrix with the singular values of two coupled blocks times `scale`, which brings their entries to
 * magnitudes of at most 1, and zeros beyond; `width` is at least the number of shared columns, and 1.
 *
 * Transformations of the rows and of the columns of one block alone leave the zeros of the other's where they are. They
 * make each block a band, as wide as what the two share. With the columns of the upper block from its last to the shared
 * ones, followed by those of the lower, the two bands are one.
 */
export function bidiagonalOfCoupled({ upper, lower, shared }: CoupledBlocks, width: number, scale: number): Bidiagonal {
  const upperRows = bandOf(upper, scale, width, (column) => column);
  // Its shared columns from the last to the first: they meet those of the upper block, which is turned round.
  const lowerRows = bandOf(lower, scale, width, (column) => (column < shared ? shared - 1 - column : column));

  // Of the transpose both are upper bands.
  const cols = upper.cols + lower.cols - shared;
  const lowerColumn = upper.cols + width - shared;
  const band = bandMatrix(cols, Math.max(cols, lowerColumn + lowerRows.length), width, bandRoom(width));
  upperRows.forEach((row, k) => {
    for (let t = 0; t <= width && k + t < upper.cols; t++) {
      write(band, upper.cols - 1 - k - t, upper.cols - 1 - k, row[t] as number);
    }
  });
  lowerRows.forEach((row, k) => {
    for (let t = 0; t <= width && k + t < lower.cols; t++) {
      write(band, upper.cols - shared + k + t, lowerColumn + k, row[t] as number);
    }
  });
  return bidiagonaliseBand(band);
}

/** The rows of the band that a block becomes, its columns in another order. */
function bandOf(
  { rows, cols, values }: Block,
  scale: number,
  width: number,
  columnAt: (column: number) => number,
): Float64Array[] {
  const work = workspace(rows, cols);
  const order = Int32Array.from({ length: cols }, (_, j) => columnAt(j));
  for (let i = 0; i < rows; i++) {
    const [from, to] = [i * cols, i * work.stride];
    for (let j = 0; j < cols; j++) work.memory[to + j] = scale * (values[from + (order[j] as number)] as number);
  }
  const band = upperBand(work, width);
  return Array.from({ length: Math.min(rows, cols) }, (_, k) => band.subarray(k * (width + 1), (k + 1) * (width + 1)));
}

function write({ base, stride, memory }: BandMatrix, i: number, j: number, value: number): void {
  memory[base + stride * i + j] = value;
}
