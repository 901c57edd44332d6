import { singularValues } from '../../../analysis/singularValues';
import type { MoraGeometry } from '../structure';
import { wrapPad } from './grouping';
import { blockCount, rotationAngles } from './rotation';

/**
 * Singular values of ΔW for type 6, from matrices of at most 2r̂ × 2r̂.
 *
 * ΔW is block diagonal with blocks W_b M R_b. R_b is orthogonal and drops out. W_b = diag(√count) says how often each
 * row is an output: an output repeated t times counts as one scaled by √t, a cropped one as none. So there are at most
 * three different blocks: repeated t + 1 times, cut within, repeated t times. Only the columns that wrap from the last
 * block onto the first couple two blocks, and those are taken as one matrix.
 */
export function rotationSingularValues(geometry: MoraGeometry, m: Float32Array | Float64Array): Float64Array {
  const { dIn, dOut, rHat } = geometry;
  const last = blockCount(dIn, rHat) - 1;
  const coupled = wrapPad(geometry) > 0 && outputCount(geometry, last * rHat) > 0;
  const values = new Float64Array(Math.min(dIn, dOut));
  let filled = 0;
  if (coupled) {
    const found = coupledSingularValues(geometry, m, last);
    values.set(found);
    filled = found.length;
  }
  let plain: Float64Array | undefined;
  for (let b = coupled ? 1 : 0; b <= (coupled ? last - 1 : last); b++) {
    const mostRepeated = outputCount(geometry, b * rHat);
    if (mostRepeated === 0) break;
    if (outputCount(geometry, (b + 1) * rHat - 1) === mostRepeated) {
      plain ??= singularValues(m, rHat, rHat);
      for (const sigma of plain) values[filled++] = Math.sqrt(mostRepeated) * sigma;
    } else {
      const found = cutSingularValues(geometry, m, b);
      values.set(found, filled);
      filled += found.length;
    }
  }
  return values.sort().reverse();
}

/** How many outputs show row `p` of the stacked blocks: i = p, p + n·r̂, p + 2n·r̂, … below dOut. */
function outputCount({ dIn, dOut, rHat }: MoraGeometry, p: number): number {
  return Math.max(0, Math.ceil((dOut - p) / (blockCount(dIn, rHat) * rHat)));
}

/** How many rows of block b are outputs at all. */
function liveRows({ dOut, rHat }: MoraGeometry, b: number): number {
  return Math.min(rHat, Math.max(0, dOut - b * rHat));
}

/** Block b, whose rows do not all count the same. */
function cutSingularValues(geometry: MoraGeometry, m: Float32Array | Float64Array, b: number): Float64Array {
  const { rHat } = geometry;
  const rows = liveRows(geometry, b);
  const weighted = new Float64Array(rows * rHat);
  for (let a = 0; a < rows; a++) {
    const weight = Math.sqrt(outputCount(geometry, b * rHat + a));
    for (let c = 0; c < rHat; c++) weighted[a * rHat + c] = weight * (m[a * rHat + c] as number);
  }
  return singularValues(weighted, rows, rHat);
}

/**
 * The first and the last block as one matrix: r̂ columns of the first block, then those of the last block that do not
 * wrap; the others fold onto the first columns. A single block folds onto itself.
 */
function coupledSingularValues(geometry: MoraGeometry, m: Float32Array | Float64Array, last: number): Float64Array {
  const { dIn, rHat } = geometry;
  const cols = last === 0 ? dIn : dIn - (last - 1) * rHat;
  const firstRows = last === 0 ? 0 : rHat;
  const lastRows = liveRows(geometry, last);
  const pair = new Float64Array((firstRows + lastRows) * cols);
  for (let a = 0; a < firstRows; a++) {
    const weight = Math.sqrt(outputCount(geometry, a));
    for (let c = 0; c < rHat; c++) pair[a * cols + c] = weight * (m[a * rHat + c] as number);
  }

  const half = rHat / 2;
  const angles = rotationAngles(last + 1, rHat).subarray(last * half);
  const firstColumn = last === 0 ? 0 : rHat;
  for (let a = 0; a < lastRows; a++) {
    const weight = Math.sqrt(outputCount(geometry, last * rHat + a));
    const row = (firstRows + a) * cols;
    for (let k = 0; k < half; k++) {
      const c = weight * Math.cos(angles[k] as number);
      const s = weight * Math.sin(angles[k] as number);
      const x = m[a * rHat + k] as number;
      const y = m[a * rHat + half + k] as number;
      const left = row + ((firstColumn + k) % cols);
      const right = row + ((firstColumn + half + k) % cols);
      pair[left] = (pair[left] as number) + x * c + y * s;
      pair[right] = (pair[right] as number) + y * c - x * s;
    }
  }
  return singularValues(pair, firstRows + lastRows, cols);
}
